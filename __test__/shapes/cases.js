'use strict'
// What a true report says about each shape of `fixtures/shape.c`.

/**
 * @typedef {object} Shape
 * @property {string} name
 * @property {number} members living processes when all are in place
 * @property {number} escaped how many of them are outside the leader's process group
 * @property {readonly string[]} outcomes
 * @property {boolean} moving more processes than `members` may be seen, because the shape goes on forking
 */

const EXITED = ['exited']
const FORCED = ['forced']
/** Whether the first signal is enough depends on when it meets a fork. */
const EITHER = ['exited', 'forced']

/** @type {readonly Shape[]} */
const shapes = [
  { name: 'alone', members: 1, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'leader-exits', members: 1, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'leader-crashes', members: 1, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'middle-exits', members: 2, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'child-setsid', members: 2, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'grandchild-setsid', members: 3, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'all-setsid', members: 3, escaped: 2, outcomes: EXITED, moving: false },
  { name: 'double-fork-leader-lives', members: 2, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'double-fork-leader-gone', members: 1, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'shell-jobs', members: 4, escaped: 3, outcomes: EXITED, moving: false },
  { name: 'term-ignored-by-leader', members: 2, escaped: 0, outcomes: FORCED, moving: false },
  { name: 'term-ignored-by-child', members: 2, escaped: 0, outcomes: FORCED, moving: false },
  { name: 'term-ignored-by-both', members: 2, escaped: 0, outcomes: FORCED, moving: false },
  // SIGCONT follows the first signal, so that a stopped process can die of it.
  { name: 'stopped-leader', members: 2, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'stopped-child', members: 2, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'term-handler-forks', members: 2, escaped: 0, outcomes: EITHER, moving: true },
  { name: 'respawner', members: 4, escaped: 3, outcomes: EXITED, moving: true },
  { name: 'respawner-ignores-term', members: 4, escaped: 3, outcomes: FORCED, moving: true },
  // A group signal is atomic against forks in the group, though a scan may miss every hop.
  { name: 'fork-chain', members: 0, escaped: 0, outcomes: EXITED, moving: true },
  { name: 'fork-chain-setsid', members: 1, escaped: 1, outcomes: EITHER, moving: true },
  { name: 'wide', members: 301, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'deep', members: 61, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'zombies', members: 3, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'clean-environment', members: 3, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'undumpable', members: 3, escaped: 1, outcomes: EXITED, moving: false },
  { name: 'main-thread-gone', members: 2, escaped: 0, outcomes: EXITED, moving: false },
  { name: 'main-thread-gone-escaped', members: 2, escaped: 1, outcomes: FORCED, moving: false },
]

/**
 * @param {readonly string[]} names
 * @returns {readonly Shape[]}
 */
function pickShapes(names) {
  return names.map((name) => {
    const shape = shapes.find((shape) => shape.name === name)
    if (!shape) throw new Error(`no such shape: ${name}`)
    return shape
  })
}

module.exports = { shapes, pickShapes }

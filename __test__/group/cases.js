'use strict'
const { pickShapes } = require('../shapes/cases.js')

/** Nobody leaves the group. */
const staying = pickShapes([
  'alone',
  'leader-exits',
  'leader-crashes',
  'middle-exits',
  'term-ignored-by-leader',
  'term-ignored-by-child',
  'term-ignored-by-both',
  'stopped-leader',
  'stopped-child',
  'term-handler-forks',
  'fork-chain',
  'wide',
  'deep',
  'zombies',
  'main-thread-gone',
])

/**
 * Somebody leaves the group and can still be found: by its environment, its session or its parent.
 * Not here: 'fork-chain-setsid', which moves faster than a scan, and 'clean-environment', which is in none of the three.
 */
const escaping = pickShapes([
  'child-setsid',
  'grandchild-setsid',
  'all-setsid',
  'double-fork-leader-lives',
  'double-fork-leader-gone',
  'shell-jobs',
  'respawner',
  'respawner-ignores-term',
  'undumpable',
  'main-thread-gone-escaped',
])

module.exports = { staying, escaping }

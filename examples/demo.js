'use strict'

const { randomUUID } = require('node:crypto')
const { constants } = require('node:os')
const { cleanUp } = require('./demo/clean-up.js')
const { hasPython } = require('./demo/owner.js')
const { printTree, printTable, bold, dim } = require('./demo/print.js')
const { endTree, killOwner, GRACE_MS } = require('./demo/scenes.js')

/** @typedef {import('./demo/scenes.js').Outcome} Outcome */

const run = randomUUID()
const scenes = [
  {
    act: endTree,
    way: 'usual',
    title: 'The CLI ends its tree',
    code: 'spawn(…, { detached: true }), kill(-pid)',
  },
  {
    act: endTree,
    way: 'package',
    title: 'The CLI ends its tree',
    code: 'spawnDetached(…), await terminate()',
  },
  {
    act: killOwner,
    way: 'usual',
    title: 'The CLI is killed with SIGKILL',
    code: 'spawn(…, { detached: true })',
  },
  { act: killOwner, way: 'package', title: 'The CLI is killed with SIGKILL', code: 'spawnDetached(…)' },
  {
    act: endTree,
    way: 'reaper',
    title: 'The server is killed with SIGKILL, the CLI lives on',
    code: 'spawn(…) beside startReaper(…)',
    remark:
      'The reaper ends orphans once they have been orphans for 2 s, here only those that are of this demo.',
  },
]

async function main() {
  console.log(
    'Starts one process tree five times, has it end in three ways, and counts who is left each time.',
  )
  console.log(`Between SIGTERM and SIGKILL both ways wait ${GRACE_MS / 1000} s. Memory is PSS.`)
  if (!hasPython) console.log('There is no python3 here: a Node server takes the place of the Python one.')
  const begin = performance.now()
  /** @type {Outcome[]} */
  const outcomes = []
  for (const index of scenes.keys()) outcomes.push(await playScene(index))
  printOutcomes(outcomes)
  console.log(dim(`\nThe demo took ${toSeconds(performance.now() - begin)}.`))
  return outcomes.every(({ left }, index) => scenes[index].way === 'usual' || left.length === 0) ? 0 : 1
}

/** @param {number} index */
async function playScene(index) {
  const { act, way, title, code, remark } = scenes[index]
  const marker = `${run}/${index}`
  console.log(`\n${bold(`${index + 1}/${scenes.length}  ${title}: ${code}`)}`)
  if (remark) console.log(`     ${remark}`)
  const outcome = await act(/** @type {import('./demo/owner.js').Way} */ (way), marker, {
    onStarted({ started, startedBytes }) {
      console.log(`     ${started.length} processes run and hold ${toMegabytes(startedBytes)}`)
      if (index < 2) printTree(started)
    },
    onEvent: (text) => console.log(`     ${text}`),
  })
  if (outcome.summary) console.log(`     ${outcome.summary}`)
  const memory = outcome.left.length > 0 ? ` and hold ${toMegabytes(outcome.leftBytes)}` : ''
  console.log(`     ${outcome.left.length || 'none'} left${memory}`)
  printTree(outcome.left)
  if (outcome.left.length > 0) console.log(dim(`     the demo cleans them up: ${cleanUp(marker)} killed`))
  return outcome
}

/** @param {readonly Outcome[]} outcomes */
function printOutcomes(outcomes) {
  const rows = outcomes.flatMap(({ left, leftBytes, tookMs }, index) => {
    const { title, code } = scenes[index]
    const took = tookMs === null ? 'never ends' : toSeconds(tookMs)
    const heading = title === scenes[index - 1]?.title ? [] : [[title]]
    return [...heading, [`  ${code}`, String(left.length), toMegabytes(leftBytes), took]]
  })
  console.log()
  printTable(['', 'processes left', 'memory they hold', 'took'], rows)
}

/** @param {number} bytes */
function toMegabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`
}

/** @param {number} ms */
function toSeconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

process.on('exit', () => cleanUp(run))
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => process.exit(128 + constants.signals[name]))
}

main().then((code) => process.exit(code))

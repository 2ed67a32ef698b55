'use strict'
// A descriptor that the command is not given leaves a hole, which nothing of the supervisor's own may fall into.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const fs = require('node:fs')
const { test } = require('node:test')
const { inspect, isDeepStrictEqual } = require('node:util')
const { spawnDetached } = require('../../index.js')
const { statOf } = require('../list-processes/proc.js')
const { until, within } = require('../support/deadline.js')

/** @typedef {import('node:child_process').StdioOptions} StdioOptions */

const forceKillAfterDelay = 10_000
const soon = 3000

/** @type {[StdioOptions, number[]][]} with the descriptors that the command is to have */
const cases = [
  [
    ['ignore', 'ignore', 'ignore', 'ignore'],
    [0, 1, 2],
  ],
  [
    ['pipe', 'ignore', 'inherit', null, 'pipe'],
    [0, 1, 2, 4],
  ],
  [
    ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
    [0, 1, 2, 7],
  ],
]

/**
 * @param {import('node:test').TestContext} t
 * @param {string} command
 * @param {StdioOptions} stdio
 */
function start(t, command, stdio) {
  const child = spawnDetached(command, ['100'], { stdio, containment: 'subreaper', forceKillAfterDelay })
  t.after(() => child[Symbol.dispose]())
  const stat = statOf(/** @type {number} */ (child.pid))
  const supervisor = /** @type {NonNullable<typeof stat>} */ (stat).ppid
  assert.notEqual(supervisor, process.pid)
  return { child, supervisor }
}

/** @param {import('../../index.js').DetachedProcess} child */
function descriptorsOf({ pid }) {
  const descriptors = fs.readdirSync(`/proc/${pid}/fd`).map(Number)
  return descriptors.sort((a, b) => a - b)
}

/** @param {number} supervisor */
async function assertEnded(supervisor) {
  await until(() => statOf(supervisor) === null, { within: soon, what: 'the supervisor has ended' })
}

for (const [stdio, expected] of cases) {
  test(`the first signal reaches the group: ${inspect(stdio)}`, async (t) => {
    const { child, supervisor } = start(t, 'sleep', stdio)
    // A program that has just started has files of its own open for a moment.
    await until(() => isDeepStrictEqual(descriptorsOf(child), expected), {
      within: soon,
      what: `${expected}`,
    })
    const exited = once(child, 'exit')
    const report = await within(child.terminate(), soon, 'the end by the first signal')
    assert.deepEqual([report.outcome, report.signalled, report.forceKilled], ['exited', 1, 0])
    assert.deepEqual(await exited, [null, 'SIGTERM'])
    await within(child.groupExited, soon, 'groupExited')
    await assertEnded(supervisor)
  })

  test(`the end of the leader is told: ${inspect(stdio)}`, async (t) => {
    const { child, supervisor } = start(t, 'sleep', stdio)
    const events = Promise.all([once(child, 'exit'), once(child, 'groupExit')])
    assert.equal(child.kill('SIGINT'), true)
    const [exit] = await within(events, soon, 'exit and groupExit')
    assert.deepEqual(exit, [null, 'SIGINT'])
    await assertEnded(supervisor)
  })
}

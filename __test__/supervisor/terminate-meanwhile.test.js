'use strict'
// A member with a session of its own is found by its marker once the supervisor is lost, and terminate() waits for it.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { spawnDetached } = require('../../index.js')
const { killAll, markedBy, statOf } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')
const { emptied, settled } = require('../support/oracle.js')
const { isAlive } = require('../support/process.js')

/** @typedef {import('../../index.js').DetachedProcess} DetachedProcess */

const member = 'trap "" TERM; echo >&3; exec sleep 100'
const forceKillAfterDelay = 500

/** @param {import('node:test').TestContext} t */
async function startTree(t) {
  const child = spawnDetached('sh', ['-c', `setsid sh -c '${member}' & exec sleep 100`], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    containment: 'subreaper',
    forceKillAfterDelay,
  })
  // The handle cannot be trusted to end it where this test fails.
  t.after(() => killAll(markedBy(process.pid)))
  const tree = /** @type {import('node:stream').Readable} */ (child.stdio[3])
  await settled(tree, 1)
  const leader = /** @type {number} */ (child.pid)
  const { ppid } = /** @type {{ ppid: number }} */ (statOf(leader))
  assert.notEqual(ppid, process.pid)
  const escaped = child.members().filter(({ sid }) => sid !== leader)
  assert.equal(escaped.length, 1)
  return { child, tree, supervisor: ppid, escaped: escaped[0].pid }
}

/** @type {[string, (child: DetachedProcess) => Promise<unknown>][]} */
const moments = [
  ['before the loss is known', async () => {}],
  ['once the leader has ended', (child) => within(once(child, 'exit'), 2000, 'the end of the leader')],
]
for (const [moment, reached] of moments) {
  test(`terminate() ${moment}`, async (t) => {
    const { child, tree, supervisor, escaped } = await startTree(t)
    const lost = once(child, 'containmentLost')
    const gone = emptied(tree, forceKillAfterDelay + 3000)
    process.kill(supervisor, 'SIGKILL')
    await reached(child)
    assert.equal(isAlive(escaped), true)
    const report = await within(child.terminate(), forceKillAfterDelay + 2000, 'the report')
    await gone
    assert.deepEqual([report.outcome, report.forceKilled, report.survivors], ['forced', 1, []])
    await within(child.groupExited, 1000, 'groupExited')
    const [{ signal }] = await within(lost, 1000, 'containmentLost')
    assert.equal(signal, 'SIGKILL')
    assert.deepEqual(child.members(), [])
  })
}

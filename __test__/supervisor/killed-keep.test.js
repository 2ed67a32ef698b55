'use strict'
// A tree that may outlive its owner outlives its supervisor too, and nothing is said to have ended that has not.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { statOf } = require('../list-processes/proc.js')
const { until, within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { isAlive, stateOf } = require('../support/process.js')
const { startShape } = require('../support/shape.js')

/** The wait for the end of a tree that nobody escalates for. */
const defaultWait = 10_000

test('the supervisor of a kept tree that ignores SIGTERM is killed', async (t) => {
  const { child, tree } = await startShape('term-ignored-by-both', {
    containment: 'subreaper',
    onOwnerExit: 'keep',
    forceKillAfterDelay: false,
  })
  t.after(() => child[Symbol.dispose]())
  const leader = /** @type {number} */ (child.pid)
  const members = child.members().map(({ pid }) => pid)
  assert.equal(members.length, 2)
  const supervisor = /** @type {{ ppid: number }} */ (statOf(leader)).ppid
  /** @type {string[]} */
  const told = []
  for (const name of /** @type {const} */ (['exit', 'groupExit', 'close'])) {
    child.on(name, () => told.push(name))
  }
  const lost = once(child, 'containmentLost')
  process.kill(supervisor, 'SIGKILL')
  const [{ signal, report }] = await within(lost, defaultWait + 3000, 'containmentLost')
  assert.deepEqual([signal, report.outcome, report.forceKilled], ['SIGKILL', 'survivors', 0])
  assert.deepEqual(
    report.survivors.map((/** @type {{ pid: number }} */ { pid }) => pid),
    members,
  )

  await t.test('the handle knows that it lives, and reaches it', async () => {
    assert.deepEqual([told, child.exitCode, child.signalCode], [[], null, null])
    assert.equal(members.every(isAlive), true)
    assert.deepEqual([child.kill(0), child.killGroup(0)], [true, true])
    assert.equal(child.killGroup('SIGSTOP'), true)
    await until(() => members.every((pid) => stateOf(pid) === 'T'), { what: 'both are stopped' })
    assert.equal(child.killGroup('SIGCONT'), true)
    await until(() => members.every((pid) => stateOf(pid) !== 'T'), { what: 'both run again' })
    assert.deepEqual(told, [])
  })

  await t.test('SIGKILL ends it, and the events follow', async () => {
    const gone = emptied(tree, 3000)
    const exit = once(child, 'exit')
    const { outcome, survivors } = await within(
      child.terminate({ killSignal: 'SIGKILL' }),
      3000,
      'the report of the end',
    )
    await gone
    assert.notEqual(outcome, 'survivors')
    assert.deepEqual(survivors, [])
    // The supervisor would have known how it ended.
    assert.deepEqual(await within(exit, 1000, 'exit'), [null, null])
    await within(child.groupExited, 1000, 'groupExited')
    assert.deepEqual([child.exitCode, child.signalCode, child.killGroup(0)], [null, null, false])
    await until(() => told.includes('close'), { within: 1000, what: 'close' })
    assert.deepEqual([...told].sort(), ['close', 'exit', 'groupExit'])
  })
})

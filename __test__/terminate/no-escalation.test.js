'use strict'
// Without escalation nobody is killed: who ignores the signal is named when the wait is over.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { isAlive } = require('../support/process.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

test('forceKillAfterDelay: false names the survivors after waitTimeout', async (t) => {
  const { child, tree } = await startShape('term-ignored-by-child')
  t.after(() => child[Symbol.dispose]())
  const members = child.members().map(({ pid }) => pid)
  const gone = emptied(tree)
  const report = await child.terminate({ forceKillAfterDelay: false, waitTimeout: 300 })
  assert.deepEqual([report.outcome, report.signalled, report.forceKilled], ['survivors', 2, 0])
  assert.deepEqual(
    report.survivors.map(({ pid }) => pid),
    members.filter((pid) => pid !== child.pid),
  )
  assert.ok(report.survivors.every(({ pid }) => isAlive(pid)))
  assert.ok(report.durationMs >= 300, `${report.durationMs} ms`)
  assert.equal(child.signalCode, 'SIGTERM')

  const second = await child.terminate({ killSignal: 'SIGKILL' })
  await gone
  assert.equal(second.outcome, 'exited')
  assert.deepEqual(second.survivors, [])
})

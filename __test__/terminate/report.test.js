'use strict'
// What a report says is what happened.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { terminate } = require('../../index.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

test('exited: everybody took the first signal', async (t) => {
  const { child, tree } = await startShape('wide', { args: ['10'], members: 11 })
  t.after(() => child[Symbol.dispose]())
  assert.equal(child.members().length, 11)
  const gone = emptied(tree)
  const report = await child.terminate()
  await gone
  assert.deepEqual(
    { ...report, durationMs: 0 },
    { outcome: 'exited', signalled: 11, forceKilled: 0, escaped: 0, survivors: [], durationMs: 0 },
  )
  assert.ok(report.durationMs > 0 && report.durationMs < 5000, `${report.durationMs} ms`)
  assert.deepEqual(child.members(), [])
})

test('forced: who outlived the first signal was killed', async (t) => {
  const { child, tree } = await startShape('term-ignored-by-both')
  t.after(() => child[Symbol.dispose]())
  const gone = emptied(tree)
  const report = await terminate(child, { forceKillAfterDelay: 300 })
  await gone
  assert.deepEqual(
    { ...report, durationMs: 0 },
    { outcome: 'forced', signalled: 2, forceKilled: 2, escaped: 0, survivors: [], durationMs: 0 },
  )
  assert.ok(report.durationMs >= 300, `${report.durationMs} ms`)
})

test('escaped: who had left the group was found and ended', async (t) => {
  const { child, tree } = await startShape('child-setsid')
  t.after(() => child[Symbol.dispose]())
  const gone = emptied(tree)
  const report = await child.terminate()
  await gone
  assert.deepEqual(
    { ...report, durationMs: 0 },
    { outcome: 'exited', signalled: 2, forceKilled: 0, escaped: 1, survivors: [], durationMs: 0 },
  )
})

test('the tree that has ended already was sent nothing', async () => {
  const { child, tree } = await startShape('alone')
  const gone = emptied(tree)
  child.killGroup('SIGKILL')
  await gone
  await child.groupExited
  const { outcome, signalled, forceKilled, survivors } = await child.terminate()
  assert.deepEqual(
    { outcome, signalled, forceKilled, survivors },
    { outcome: 'exited', signalled: 0, forceKilled: 0, survivors: [] },
  )
})

test('killSignal is the first signal', async (t) => {
  const { child } = await startShape('term-ignored-by-both')
  t.after(() => child[Symbol.dispose]())
  const { outcome, forceKilled } = await child.terminate({ killSignal: 'SIGINT' })
  assert.deepEqual({ outcome, forceKilled }, { outcome: 'exited', forceKilled: 0 })
  assert.equal(child.signalCode, 'SIGINT')
})

test('what the tree was spawned with is the default', async (t) => {
  const { child } = await startShape('term-ignored-by-both', { killSignal: 'SIGHUP', forceKillAfterDelay: 0 })
  t.after(() => child[Symbol.dispose]())
  const { durationMs } = await child.terminate()
  assert.ok(durationMs < 3000, `${durationMs} ms`)
  assert.ok(child.signalCode === 'SIGHUP' || child.signalCode === 'SIGKILL', String(child.signalCode))
})

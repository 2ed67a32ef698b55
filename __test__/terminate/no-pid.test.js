'use strict'
// A handle whose command could not be started signals nobody.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { killGroup, spawnDetached, terminate } = require('../../index.js')

test('every method of a handle without a pid is harmless', async () => {
  const child = spawnDetached('/nonexistent/command')
  const groupExited = child.groupExited.then(
    () => null,
    (error) => error.code,
  )
  let signals = 0
  const count = () => {
    signals += 1
  }
  process.on('SIGURG', count)
  assert.deepEqual([child.pid, child.pgid, child.identity, child.containment], Array(4).fill(undefined))
  assert.deepEqual(child.members(), [])
  // A signal to the own group, as Node 20 sends from here, would be counted.
  assert.deepEqual(
    [child.kill('SIGURG'), child.killGroup('SIGURG'), killGroup(child, 'SIGURG')],
    Array(3).fill(false),
  )
  const errored = once(child, 'error')
  for (const report of [
    await child.terminate({ killSignal: 'SIGURG' }),
    await terminate(child, { killSignal: 'SIGURG' }),
  ]) {
    assert.deepEqual([report.outcome, report.signalled, report.survivors], ['exited', 0, []])
  }
  child[Symbol.dispose]()
  await child[Symbol.asyncDispose]()
  assert.equal((await errored)[0].code, 'ENOENT')
  assert.equal(await groupExited, 'ENOENT')
  const barrier = once(process, 'SIGUSR2')
  process.kill(process.pid, 'SIGUSR2')
  await barrier
  assert.equal(signals, 0)
  process.off('SIGURG', count)
})

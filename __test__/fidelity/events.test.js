'use strict'
// The events come in Node's order, with Node's arguments.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { both } = require('./both.js')

/** @param {import('./both.js').Child} child */
function record(child) {
  /** @type {unknown[][]} */
  const events = []
  for (const name of ['spawn', 'error', 'exit', 'close', 'disconnect', 'message']) {
    child.on(name, (...args) => events.push([name, ...args]))
  }
  return events
}

both('spawn, exit, close', async (start) => {
  const child = start('sh', ['-c', 'echo out; exit 3'])
  const events = record(child)
  assert.equal(typeof child.pid, 'number')
  assert.deepEqual(
    [child.exitCode, child.signalCode, child.killed, child.connected],
    [null, null, false, false],
  )
  child.stdout?.resume()
  await once(child, 'close')
  assert.deepEqual(events, [['spawn'], ['exit', 3, null], ['close', 3, null]])
  assert.deepEqual([child.exitCode, child.signalCode, child.killed], [3, null, false])
})

both('spawn comes after the call has returned and before any data', async (start) => {
  const child = start('echo', ['hello'])
  const order = ['returned']
  child.on('spawn', () => order.push('spawn'))
  child.stdout?.on('data', () => order.push('data'))
  await once(child, 'close')
  assert.deepEqual(order, ['returned', 'spawn', 'data'])
})

both('exit comes while a descendant holds stdout, close when it lets go', async (start) => {
  const child = start('sh', ['-c', 'cat <&3 & exit 0'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
  let closed = false
  child.on('close', () => {
    closed = true
  })
  child.stdout?.resume()
  await once(child, 'exit')
  assert.equal(closed, false)
  const close = once(child, 'close')
  const release = /** @type {import('node:net').Socket} */ (child.stdio[3])
  release.resume()
  release.end()
  await close
})

both('a signal is named', async (start) => {
  const child = start('sh', ['-c', 'kill -KILL $$'], { stdio: 'ignore' })
  const events = record(child)
  await once(child, 'close')
  assert.deepEqual(events, [['spawn'], ['exit', null, 'SIGKILL'], ['close', null, 'SIGKILL']])
  assert.deepEqual([child.exitCode, child.signalCode, child.killed], [null, 'SIGKILL', false])
})

for (const code of [0, 1, 127, 255]) {
  both(`exit code ${code}`, async (start) => {
    const child = start('sh', ['-c', `exit ${code}`], { stdio: 'ignore' })
    assert.deepEqual(await once(child, 'exit'), [code, null])
  })
}

for (const signal of /** @type {const} */ ([
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGABRT',
  'SIGSEGV',
  'SIGUSR1',
])) {
  both(`ended by ${signal}`, async (start) => {
    const child = start('sleep', ['100'], { stdio: 'ignore' })
    await once(child, 'spawn')
    assert.equal(child.kill(signal), true)
    assert.deepEqual(await once(child, 'exit'), [null, signal])
  })
}

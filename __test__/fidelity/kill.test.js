'use strict'
// kill() answers as ChildProcess.kill does.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { both } = require('./both.js')

both('true while it runs, false once it has ended', async (start) => {
  const child = start('cat', [], { stdio: ['pipe', 'ignore', 'inherit'] })
  await once(child, 'spawn')
  assert.deepEqual([child.kill(0), child.killed], [true, true])
  assert.deepEqual([child.kill(), child.killed], [true, true])
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM'])
  assert.deepEqual([child.kill(), child.kill(0), child.kill('SIGKILL')], [false, false, false])
})

both('takes numbers, and names in any case', async (start) => {
  for (const signal of /** @type {any[]} */ ([2, 'sigint', 'SIGINT'])) {
    const child = start('sleep', ['100'], { stdio: 'ignore' })
    await once(child, 'spawn')
    assert.equal(child.kill(signal), true)
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGINT'])
  }
})

both('signals the leader alone', async (start) => {
  const child = start('sh', ['-c', 'cat <&3 & wait'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
  const release = /** @type {import('node:net').Socket} */ (child.stdio[3])
  release.write('.')
  await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  release.write('.')
  await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data')
  release.resume()
  release.end()
  await once(child, 'close')
})

both('kill in the tick of the spawn', async (start) => {
  const child = start('sleep', ['100'], { stdio: 'ignore' })
  assert.equal(child.kill('SIGKILL'), true)
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
})

'use strict'
// options.signal ends the whole tree, and says so as child_process does.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { test } = require('node:test')
const { spawnDetached } = require('../../index.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

/** @param {NodeJS.ErrnoException} error */
const told = ({ name, code, cause }) => ({ name, code, cause })

test('aborted while it runs: the tree ends', async (t) => {
  const controller = new AbortController()
  const { child, tree } = await startShape('grandchild-setsid', { signal: controller.signal })
  t.after(() => child[Symbol.dispose]())
  const foreign = spawn('cat', { signal: controller.signal, detached: true })
  // Not events.once, which would reject with the error.
  const exited = new Promise((resolve) => child.once('exit', (...exit) => resolve(exit)))
  const ended = Promise.all([exited, emptied(tree), child.groupExited])
  const errors = Promise.all([once(child, 'error'), once(foreign, 'error')])
  controller.abort(new Error('enough'))
  const [[actual], [expected]] = await errors
  assert.deepEqual(told(actual), told(expected))
  assert.equal(actual.name, 'AbortError')
  const [exit] = await ended
  assert.deepEqual(exit, [null, 'SIGTERM'])
})

test('aborted before: the error comes, and nobody is left', async () => {
  const signal = AbortSignal.abort(new Error('too late'))
  const errors = []
  for (const start of [spawn, spawnDetached]) {
    const child = /** @type {typeof spawnDetached} */ (start)('cat', {
      signal,
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    })
    const tree = emptied(/** @type {import('node:stream').Readable} */ (child.stdio[3]))
    const [error] = await once(child, 'error')
    errors.push(told(error))
    await tree
  }
  assert.deepEqual(errors[1], errors[0])
})

test('aborted after the end: no error', async () => {
  const controller = new AbortController()
  const child = spawnDetached('true', { signal: controller.signal, stdio: 'ignore' })
  /** @type {Error[]} */
  const errors = []
  child.on('error', (error) => errors.push(error))
  await child.groupExited
  controller.abort()
  await new Promise(setImmediate)
  assert.deepEqual(errors, [])
})

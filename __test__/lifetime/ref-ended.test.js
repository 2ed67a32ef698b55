'use strict'
// The handle of a tree that has ended holds no event loop, not even where a living tree has its number.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { runInPidNamespace } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'lifetime-ref-ended.js')

test('ref() of an ended handle whose number a new tree has', async () => {
  const { code, signal, stdout, stderr } = await runInPidNamespace(script, [], { timeout: 10_000 })
  assert.equal(stdout, 'the last tree has ended\nthe loop has ended\n', stderr)
  assert.deepEqual([code, signal], [0, null])
})

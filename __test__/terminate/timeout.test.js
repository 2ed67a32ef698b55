'use strict'
// options.timeout ends the whole tree, not the leader alone.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

test('the tree ends at the timeout, by killSignal', async (t) => {
  const started = performance.now()
  const { child, tree } = await startShape('grandchild-setsid', { timeout: 1000, killSignal: 'SIGINT' })
  t.after(() => child[Symbol.dispose]())
  const [exit] = await Promise.all([once(child, 'exit'), emptied(tree), child.groupExited])
  assert.deepEqual(exit, [null, 'SIGINT'])
  assert.ok(performance.now() - started >= 1000)
})

test('escalates for who ignores it', async (t) => {
  const { child, tree } = await startShape('term-ignored-by-both', {
    timeout: 1000,
    forceKillAfterDelay: 200,
  })
  t.after(() => child[Symbol.dispose]())
  const [exit] = await Promise.all([once(child, 'exit'), emptied(tree)])
  assert.deepEqual(exit, [null, 'SIGKILL'])
})

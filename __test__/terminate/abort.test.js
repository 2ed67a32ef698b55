'use strict'
// An aborted signal ends the waiting, not the termination.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

/** @param {Error} reason */
function isAbortErrorBecauseOf(reason) {
  return (/** @type {NodeJS.ErrnoException} */ error) => {
    assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', reason])
    return true
  }
}

test('aborted later: rejects at once, and the tree still ends', async (t) => {
  const { child, tree } = await startShape('term-ignored-by-both', { forceKillAfterDelay: 500 })
  t.after(() => child[Symbol.dispose]())
  const gone = emptied(tree)
  const controller = new AbortController()
  const reason = new Error('no time')
  const aborted = child.terminate({ signal: controller.signal })
  const shared = child.terminate()
  controller.abort(reason)
  await assert.rejects(aborted, isAbortErrorBecauseOf(reason))
  assert.equal(child.members().length, 2, 'nobody was killed yet')
  assert.equal((await shared).outcome, 'forced')
  await gone
})

test('aborted before: rejects', async (t) => {
  const { child } = await startShape('alone')
  t.after(() => child[Symbol.dispose]())
  const reason = new Error('too late')
  const aborted = child.terminate({ signal: AbortSignal.abort(reason) })
  await assert.rejects(aborted, isAbortErrorBecauseOf(reason))
})

test('aborted after the end: changes nothing', async (t) => {
  const { child } = await startShape('alone')
  t.after(() => child[Symbol.dispose]())
  const controller = new AbortController()
  const { outcome } = await child.terminate({ signal: controller.signal })
  controller.abort()
  assert.equal(outcome, 'exited')
})

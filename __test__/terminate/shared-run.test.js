'use strict'
// Concurrent calls for one target share one run.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { terminate } = require('../../index.js')
const { startShape } = require('../support/shape.js')

test('all callers get the report of the one run', async (t) => {
  const { child } = await startShape('term-ignored-by-both', { forceKillAfterDelay: 300 })
  t.after(() => child[Symbol.dispose]())
  const reports = await Promise.all([child.terminate(), child.terminate(), terminate(child)])
  assert.equal(reports[0].outcome, 'forced')
  assert.equal(reports[0].signalled, 2)
  assert.deepEqual(reports[1], reports[0])
  assert.deepEqual(reports[2], reports[0])
})

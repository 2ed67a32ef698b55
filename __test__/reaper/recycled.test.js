'use strict'
// The grace period is of a process, not of a number: who is given that of an orphan starts anew, or is not one.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { run } = require('./run.js')

test('a number that passes on', { skip: whyNot('node-is-pid-1') }, async (t) => {
  const { child, orphan, grace } = await run('node-is-pid-1', 'recycled')
  await t.test('to a child of our own', () => assert.deepEqual(child, { alive: true, orphans: 0, killed: 0 }))
  await t.test('to another orphan', () => {
    assert.equal(orphan.orphans, 2)
    assert.ok(orphan.livedMs >= grace, `${orphan.livedMs} ms: too early`)
  })
})

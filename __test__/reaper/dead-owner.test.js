'use strict'
// What a dead owner has left is ended wherever it is; a marker that names nobody dead means nothing.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { bootId, run } = require('./run.js')

for (const kind of /** @type {const} */ (['pid-1-does-not-reap', 'init-reaps'])) {
  test(kind, { skip: whyNot(kind) }, async () => {
    const { left, unreported, died, parent, errors } = await run(kind, 'dead-owner', [bootId()])
    assert.equal(parent, 1)
    assert.deepEqual([left, unreported, died, errors], [[], [], [], []])
  })
}

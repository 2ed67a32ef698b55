'use strict'
// Whoever was not lost is left alone: by name, age or parent nobody is an orphan.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { kinds, whyNot } = require('../support/container.js')
const { run } = require('./run.js')

for (const kind of kinds) {
  test(kind, { skip: whyNot(kind) }, async () => {
    const { names, died, threatened, killed, errors } = await run(kind, 'spares')
    assert.ok(names.length > 25)
    assert.deepEqual(died, [])
    assert.deepEqual(threatened, [])
    // The three that were lost, so that the others were in danger.
    assert.deepEqual([killed, errors], [3, []])
  })
}

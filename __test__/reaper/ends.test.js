'use strict'
// A reaper keeps no event loop running unless it is told to.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { run } = require('./run.js')

/** @type {[string, boolean][]} */
const cases = [
  ['unref', false],
  ['ref', true],
  ['ref-unref', false],
]
for (const kind of /** @type {const} */ (['node-is-pid-1', 'init-reaps'])) {
  for (const [name, waited] of cases) {
    test(`${kind}: ${name}`, { skip: whyNot(kind) }, async () => {
      const result = await run(kind, 'ends', [name], { timeout: 10_000 })
      assert.deepEqual(result, { waited, chained: true })
    })
  }
}

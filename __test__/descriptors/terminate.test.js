'use strict'
// Without descriptors nobody can be looked at, and nobody is said to have ended who has not.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { runWithFew } = require('./run.js')

for (const left of [0, 1, 2, 3, 4, 16]) {
  test(`terminate claims no success that it has not had, with ${left} descriptors left`, async () => {
    const { outcome, alive } = await runWithFew('terminate', left)
    const truths = alive ? ['survivors', 'EMFILE'] : ['forced', 'survivors', 'EMFILE']
    assert.ok(truths.includes(outcome), `${outcome}, and it is ${alive ? 'alive' : 'gone'}`)
    if (left === 16) assert.deepEqual([outcome, alive], ['forced', false])
  })
}

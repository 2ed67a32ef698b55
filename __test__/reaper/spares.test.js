'use strict'
// Whoever was not lost is left alone: by name, age or parent nobody is an orphan.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { kinds, whyNot } = require('../support/container.js')
const { run } = require('./run.js')

for (const kind of kinds) {
  test(kind, { skip: whyNot(kind) }, async (t) => {
    const { names, died, threatened, killed, errors } = await run(kind, 'spares')
    const groups = new Set(names.map((/** @type {string} */ name) => name.split(': ')[0]))
    assert.ok(groups.size >= 9)
    for (const group of groups) {
      const isOfGroup = (/** @type {string} */ name) => name.split(': ')[0] === group
      await t.test(`${group}`, () => {
        assert.deepEqual(died.filter(isOfGroup), [])
        assert.deepEqual(threatened.filter(isOfGroup), [])
      })
    }
    await t.test('but those that were lost are ended', () =>
      assert.deepEqual([killed >= 3, errors], [true, []]),
    )
  })
}

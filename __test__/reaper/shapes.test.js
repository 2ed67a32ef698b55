'use strict'
// Every tree that is hard to end is ended as an orphan too, and leaves no zombie.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { listShapes } = require('../support/shape.js')
const { timing } = require('./inside.js')
const { run } = require('./run.js')

const names = [...listShapes().keys()]
/** No process of these is ever an orphan for as long as a grace period. */
const moving = ['fork-chain', 'fork-chain-setsid']

for (const kind of /** @type {const} */ (['node-is-pid-1', 'pid-1-does-not-reap'])) {
  test(kind, { skip: whyNot(kind) }, async (t) => {
    const still = names.filter((name) => !moving.includes(name))
    const result = await run(kind, 'shapes', [String(timing.gracePeriodMs), ...still], { limit: 1500 })
    for (const name of still) await t.test(name, () => assert.equal(result.ended[name], null))
    assert.deepEqual([result.errors, result.survivors], [[], []])
  })

  for (const name of moving) {
    test(`${kind}: ${name}, without a grace period`, { skip: whyNot(kind) }, async () => {
      assert.deepEqual((await run(kind, 'shapes', ['0', name])).ended, { [name]: null })
    })
  }
}

'use strict'
// However an owner ends, its trees end with it.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { startOwner } = require('./start-owner.js')

const forceKillAfterDelay = 500
const shapes = ['grandchild-setsid', 'term-ignored-by-both', 'double-fork-leader-lives']

/** @type {['exit' | 'throw' | 'end', string, number][]} */
const endings = [
  ['exit', 'process.exit', 0],
  ['end', 'a natural end after unref', 0],
  ['throw', 'an uncaught exception', 1],
]
for (const thread of /** @type {const} */ (['main', 'worker'])) {
  for (const [ending, name, code] of endings) {
    test(`${name}, on the ${thread} thread`, async (t) => {
      const owner = await startOwner({ shapes, thread, ending, forceKillAfterDelay })
      t.after(() => owner.end())
      const exit = await within(owner.exited, 5000, 'the end of the owner')
      assert.deepEqual(exit, [code, null])
      await emptied(owner.tree, forceKillAfterDelay + 1000)
    })
  }
}

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGSEGV'])) {
  test(signal, async (t) => {
    const owner = await startOwner({ shapes, forceKillAfterDelay })
    t.after(() => owner.end())
    await owner.settled
    assert.deepEqual(await owner.kill(signal), [null, signal])
    await emptied(owner.tree, forceKillAfterDelay + 1000)
  })
}

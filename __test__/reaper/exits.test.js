'use strict'
// No exit status is ever taken from whoever waits for it, however long the event loop was blocked.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { loadPty } = require('./inside.js')
const { run } = require('./run.js')

const count = Number(process.env.SUBREAPER_EXITS ?? 240)
const runs = Number(process.env.SUBREAPER_RUNS ?? 1)

for (const kind of /** @type {const} */ (['node-is-pid-1', 'pid-1-does-not-reap'])) {
  test(`${kind}: ${count} children`, { skip: whyNot(kind), timeout: runs * 110_000 }, async () => {
    for (let round = 0; round < runs; round += 1) {
      const options = { limit: 2 * count + 1000, timeout: 100_000 }
      const result = await run(kind, 'exits', [String(count), '1500'], options)
      assert.deepEqual([result.failed, result.stolen], [[], []])
      assert.ok(result.started >= count)
      assert.equal(result.reaped, result.orphans)
    }
  })
}

// The test above starts terminals where it can; this one shows where it cannot.
test('children of node-pty are among them', {
  skip: loadPty() ? false : 'node-pty is not installed',
}, async (t) => {
  const reason = whyNot('node-is-pid-1')
  if (reason) return t.skip(reason)
  const { pty, failed, stolen } = await run('node-is-pid-1', 'exits', ['40', '300'])
  assert.deepEqual([pty, failed, stolen], [true, [], []])
})

'use strict'
// However many are orphaned at once, all of them end, and none is left as a zombie.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { run } = require('./run.js')

const size = Number(process.env.SUBREAPER_STORM ?? 300)

for (const kind of /** @type {const} */ (['node-is-pid-1', 'pid-1-does-not-reap'])) {
  test(`${kind}: ${size} orphans`, { skip: whyNot(kind) }, async () => {
    const options = { limit: size + 500, timeout: 110_000 }
    const { killed, different, outcomes, errors, stats } = await run(kind, 'storm', [String(size)], options)
    assert.deepEqual([killed, different, errors], [size, size, []])
    assert.deepEqual(outcomes, ['exited'])
    assert.deepEqual([stats.orphansSeen, stats.orphansKilled, stats.orphansEscaped], [size, size, 0])
    assert.ok(stats.zombiesReaped >= size)
  })
}

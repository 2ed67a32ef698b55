'use strict'
// An owner that is killed at any moment, during a spawn too, leaves nobody.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { emptied } = require('../support/oracle.js')
const { beginOwner, startOwner } = require('./start-owner.js')

const trials = Number(process.env.SUBREAPER_TRIALS ?? 30)
const forceKillAfterDelay = 500
const shapes = [
  'child-setsid',
  'term-ignored-by-both',
  'double-fork-leader-lives',
  'leader-exits',
  'clean-environment',
]

for (const thread of /** @type {const} */ (['main', 'worker'])) {
  test(`killed at random moments, spawning on the ${thread} thread`, { timeout: trials * 8000 }, async () => {
    for (let trial = 0; trial < trials / 2; trial += 1) {
      const owner = await beginOwner({ shapes, thread, forceKillAfterDelay })
      try {
        // The first tree is being spawned now, and all of them are in place after some 30 ms.
        const moment = Math.random() * 40
        if (moment > 1) await sleep(moment)
        await owner.kill('SIGKILL')
        await emptied(owner.tree, forceKillAfterDelay + 1000)
      } finally {
        await owner.end()
      }
    }
  })
}

test('killed when everybody is in place', async (t) => {
  const owner = await startOwner({ shapes, forceKillAfterDelay })
  t.after(() => owner.end())
  await owner.settled
  assert.deepEqual(await owner.kill('SIGKILL'), [null, 'SIGKILL'])
  await emptied(owner.tree, forceKillAfterDelay + 1000)
})

'use strict'
// Who cannot be watched for want of descriptors is waited for all the same, without spinning and at nobody's cost.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { runWithFew } = require('./run.js')

for (const left of [0, 1, 2, 3]) {
  test(`waits idly with ${left} descriptors left, and other trees get their events`, async () => {
    const { share, told, endedEarly } = await runWithFew('wait', left)
    assert.ok(share < 0.5, `the addon's thread was busy for ${Math.round(share * 100)} % of the time`)
    assert.deepEqual(told, [0, null])
    assert.equal(endedEarly, false)
  })
}

'use strict'
// Without descriptors nobody can be looked at, which is an error and not an answer.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { runWithFew } = require('./run.js')

for (const left of [0, 1, 2, 3, 4]) {
  test(`killGroup tells the truth with ${left} descriptors left, or throws EMFILE`, async () => {
    const { asked, sent, truth, afterwards } = await runWithFew('kill-group', left)
    assert.ok(asked === true || asked === 'EMFILE', String(asked))
    assert.ok(sent === true || sent === 'EMFILE', String(sent))
    assert.equal(truth, true)
    assert.ok(afterwards === false || afterwards === 'EMFILE', String(afterwards))
    if (left === 0) assert.equal(asked, 'EMFILE')
    if (left === 4) assert.deepEqual([asked, sent, afterwards], [true, true, false])
  })
}

'use strict'
// A filter that does not exist is refused, not ignored.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { inspect } = require('node:util')
const { listProcesses } = require('../../index.js')
const { refusalOf } = require('../spawn/refusal.js')

/** @type {[any, RegExp][]} */
const bad = [
  [5, /^ERR_INVALID_ARG_TYPE$/],
  ['self', /^ERR_INVALID_ARG_TYPE$/],
  [null, /^ERR_INVALID_ARG_TYPE$/],
  [{ owner: 'mine' }, /^ERR_INVALID_ARG_VALUE$/],
  [{ owner: '' }, /^ERR_INVALID_ARG_VALUE$/],
  [{ owner: 5 }, /^ERR_INVALID_ARG_(TYPE|VALUE)$/],
  [{ owner: null }, /^ERR_INVALID_ARG_(TYPE|VALUE)$/],
]
for (const [filter, code] of bad) {
  test(`refuses ${inspect(filter)}`, () => {
    const refusal = refusalOf(() => listProcesses(filter))
    assert.equal(refusal.class, TypeError)
    assert.match(refusal.code, code)
  })
}

test('takes no filter, an empty one, and one that is undefined', () => {
  for (const filter of [undefined, {}, { owner: undefined }]) {
    assert.ok(listProcesses(filter).some(({ pid }) => pid === process.pid))
  }
})

'use strict'
// The package has no thread until it is used, and one from then on.
const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { test } = require('node:test')

const script = path.join(__dirname, '..', 'fixtures', 'lifetime-threads.js')

test('require starts none, the first use starts one', () => {
  const threads = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
  assert.deepEqual(threads, { required: [], asked: [], first: ['subreaper'], later: [] })
})

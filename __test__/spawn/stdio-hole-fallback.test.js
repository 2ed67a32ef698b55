'use strict'
// Before the package is loaded, which reads it once.
process.env.SUBREAPER_NO_PIDFD_GROUP = '1'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { capabilities } = require('../../index.js')

test('the kernel is taken for one that cannot signal a group through a pidfd', () => {
  assert.equal(capabilities().pidfdGroupSignal, false)
})

require('./stdio-hole.test.js')

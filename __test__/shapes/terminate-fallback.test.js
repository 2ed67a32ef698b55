'use strict'
// Before the package is loaded, which reads it once.
process.env.SUBREAPER_NO_PIDFD_GROUP = '1'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { capabilities } = require('../../index.js')
const { pickShapes } = require('./cases.js')
const { checkTermination } = require('./check.js')

const names = [
  'leader-exits',
  'leader-crashes',
  'child-setsid',
  'double-fork-leader-gone',
  'term-ignored-by-both',
  'stopped-leader',
  'fork-chain',
  'fork-chain-setsid',
  'main-thread-gone',
]

test('the kernel is taken for one that cannot signal a group through a pidfd', () => {
  assert.equal(capabilities().pidfdGroupSignal, false)
})

for (const shape of pickShapes(names)) {
  test(`terminate() leaves nobody of ${shape.name}`, (t) => checkTermination(t, shape))
}

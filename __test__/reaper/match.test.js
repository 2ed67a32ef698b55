'use strict'
// Only what matches is an orphan: by any of its names, a pattern, or a decision that may fail.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { run } = require('./run.js')

const kind = 'node-is-pid-1'
const cases = [
  'none',
  'comm',
  'comm, cut',
  'long name',
  'comm of an alias',
  'executable',
  'argv[0]',
  'part of a name',
  'pattern',
  'pattern with a state',
  'predicate',
  'predicate that says something like yes',
  'predicate that throws',
  'several',
  'none of several',
]
for (const name of cases) {
  test(name, { skip: whyNot(kind) }, async () => {
    const { ends, ended, orphans, seen, errors } = await run(kind, 'match', [name])
    assert.deepEqual(ended, ends)
    assert.deepEqual([orphans, seen], [ends, ends.length])
    assert.deepEqual(errors, name === 'predicate that throws' ? ['a predicate that throws'] : [])
  })
}

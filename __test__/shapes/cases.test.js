'use strict'
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { listShapes } = require('../support/shape.js')
const { shapes } = require('./cases.js')

test('every shape of the fixture has a case', () => {
  assert.deepEqual(shapes.map(({ name }) => name).sort(), [...listShapes().keys()].sort())
})

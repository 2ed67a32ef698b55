'use strict'
const { test } = require('node:test')
const { shapes } = require('./cases.js')
const { checkTermination } = require('./check.js')

for (const shape of shapes) {
  test(`terminate() leaves nobody of ${shape.name}`, (t) => checkTermination(t, shape))
}

'use strict'
const { test } = require('node:test')
const { escaping, staying } = require('./cases.js')
const { checkEscaping, checkStaying } = require('./check.js')

for (const shape of staying) {
  test(`terminate() ends all of ${shape.name}`, (t) => checkStaying(t, shape))
}

for (const shape of escaping) {
  test(`terminate() names who left the group of ${shape.name}`, (t) => checkEscaping(t, shape))
}

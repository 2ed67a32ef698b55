'use strict'

const binding = require('./binding.js')
const { shown } = require('./sent.js')
const check = require('./validate.js')

/** @type {typeof import('../index.js').listProcesses} */
function listProcesses(filter = {}) {
  check.isObject(filter, 'filter')
  if (filter.owner !== undefined) check.isOneOf(filter.owner, 'filter.owner', ['self', 'dead', 'any'])
  return shown(binding.listProcesses(filter.owner))
}

module.exports = { listProcesses }

'use strict'

const binding = require('./binding.js')
const { DetachedProcess } = require('./detached-process.js')
const { delivered } = require('./sent.js')
const { toSignalNumber } = require('./signals.js')
const { toTarget } = require('./target.js')

/** @type {typeof import('../index.js').killGroup} */
function killGroup(target, signal) {
  const reached = toTarget(target)
  const number = toSignalNumber(signal)
  if (reached === null) return false
  if (reached instanceof DetachedProcess) return reached.killGroup(signal)
  return delivered(binding.killGroup(reached.pid, number, reached.known), reached.pid)
}

module.exports = { killGroup }

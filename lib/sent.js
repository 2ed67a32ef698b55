'use strict'
// What the addon says of a signal, as the caller is to see it.

const { codedError, systemError } = require('./errors.js')

/** @type {Record<string, string>} */
const REASONS = {
  ERR_GROUP_REFUSED: 'holds this process, one of its ancestors, or PID 1',
  ERR_NOT_A_GROUP_LEADER: 'does not exist: the process leads no group',
}

/**
 * @param {import('../binding.js').Sent} sent
 * @param {number} target
 * @returns {boolean} Whether somebody was reached.
 */
function delivered(sent, target) {
  if (sent.refusal) throw codedError(Error, sent.refusal, `process group ${target} ${REASONS[sent.refusal]}`)
  if (sent.errno) throw systemError(sent.errno, 'kill')
  return sent.delivered
}

/**
 * @param {import('../binding.js').Processes} result
 * @returns {import('../index.js').ProcessInfo[]}
 */
function shown({ processes, errno }) {
  if (errno) throw systemError(errno, 'open')
  return processes
}

module.exports = { delivered, shown }

'use strict'
// Whom killGroup and terminate are asked to reach.

const { ChildProcess } = require('node:child_process')
const { DetachedProcess } = require('./detached-process.js')
const { invalidType, outOfRange } = require('./errors.js')

const PID_MAX = 2 ** 31 - 1

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {import('../binding.js').Known} known - What is known of it besides its number.
 */

/**
 * @param {unknown} target
 * @returns {InstanceType<typeof DetachedProcess> | Process | null} Null where there never was a process.
 */
function toTarget(target) {
  if (target instanceof DetachedProcess) return target
  if (target instanceof ChildProcess) {
    if (target.pid === undefined) return null
    // libuv waits for a child and tells JavaScript in one go, so until then the number is the child's own.
    const ended = target.exitCode !== null || target.signalCode !== null
    return { pid: target.pid, known: ended ? 'reaped' : 'own-child' }
  }
  if (typeof target !== 'number') {
    throw invalidType('target', 'of type number or an instance of DetachedProcess or ChildProcess', target)
  }
  if (!Number.isInteger(target) || target < 2 || target > PID_MAX) {
    throw outOfRange('target', `an integer >= 2 && <= ${PID_MAX}`, target)
  }
  return { pid: target, known: 'nothing' }
}

module.exports = { toTarget }

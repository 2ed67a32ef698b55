'use strict'
// Whom killGroup and terminate are asked to reach.

const { ChildProcess } = require('node:child_process')
const { DetachedProcess } = require('./detached-process.js')
const { invalidType, outOfRange } = require('./errors.js')

const PID_MAX = 2 ** 31 - 1

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {boolean} reaped - The process is known to be gone: whoever has its number now is somebody else.
 */

/**
 * @param {unknown} target
 * @returns {InstanceType<typeof DetachedProcess> | Process | null} Null where there never was a process.
 */
function toTarget(target) {
  if (target instanceof DetachedProcess) return target
  if (target instanceof ChildProcess) {
    const reaped = target.exitCode !== null || target.signalCode !== null
    return target.pid === undefined ? null : { pid: target.pid, reaped }
  }
  if (typeof target !== 'number') {
    throw invalidType('target', 'of type number or an instance of DetachedProcess or ChildProcess', target)
  }
  if (!Number.isInteger(target) || target < 2 || target > PID_MAX) {
    throw outOfRange('target', `an integer >= 2 && <= ${PID_MAX}`, target)
  }
  return { pid: target, reaped: false }
}

module.exports = { toTarget }

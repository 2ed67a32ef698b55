'use strict'

const { DetachedProcess, secret } = require('./detached-process.js')
const { abortError } = require('./errors.js')
const { normalize } = require('./options.js')

/**
 * @param {string} file
 * @param {any} [args]
 * @param {any} [options]
 * @returns {any}
 */
function spawnDetached(file, args, options) {
  const command = normalize(file, args, options)
  const child = new DetachedProcess(secret, command)
  if (child.pid !== undefined) {
    if (command.timeout > 0) endAfter(child, command.timeout)
    if (command.signal) endOn(child, command.signal)
  }
  return child
}

/**
 * @param {InstanceType<typeof DetachedProcess>} child
 * @param {number} timeout
 */
function endAfter(child, timeout) {
  const timer = setTimeout(() => end(child), timeout)
  child.once('groupExit', () => clearTimeout(timer))
}

/**
 * @param {InstanceType<typeof DetachedProcess>} child
 * @param {AbortSignal} signal
 */
function endOn(child, signal) {
  const abort = () => {
    end(child)
    child.emit('error', abortError(signal.reason))
  }
  if (signal.aborted) return process.nextTick(abort)
  signal.addEventListener('abort', abort, { once: true })
  child.once('groupExit', () => signal.removeEventListener('abort', abort))
}

/** @param {InstanceType<typeof DetachedProcess>} child */
function end(child) {
  child.terminate().catch((error) => child.emit('error', error))
}

module.exports = { spawnDetached }

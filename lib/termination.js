'use strict'
// What every way of ending a tree shares: its options, and waiting for its report.

const { abortError } = require('./errors.js')
const { toGrace } = require('./options.js')
const { toKillSignal } = require('./signals.js')
const check = require('./validate.js')

/**
 * @typedef {import('../index.js').TerminateOptions} TerminateOptions
 * @typedef {import('../index.js').TerminationReport} TerminationReport
 * @typedef {import('../binding.js').TerminationPlan} Plan
 */

/**
 * @param {any} options
 * @returns {Plan}
 */
function toPlan(options) {
  check.isObject(options, 'options')
  check.optional(check.isTimeOrFalse, options.forceKillAfterDelay, 'options.forceKillAfterDelay')
  check.optional(check.isTime, options.waitTimeout, 'options.waitTimeout')
  if (options.signal !== undefined) check.isAbortSignal(options.signal, 'options.signal')
  return {
    signal: toKillSignal(options.killSignal, 'options.killSignal'),
    graceMs: toGrace(options.forceKillAfterDelay),
    waitMs: options.waitTimeout ?? undefined,
  }
}

/**
 * @template T
 * @param {Promise<T>} run
 * @param {AbortSignal | undefined} signal - Ends the waiting, not the run.
 * @returns {Promise<T>}
 */
function abortable(run, signal) {
  if (!signal) return run
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError(signal.reason))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const done = () => signal.removeEventListener('abort', abort)
    run.then(resolve, reject).finally(done)
  })
}

module.exports = { toPlan, abortable }

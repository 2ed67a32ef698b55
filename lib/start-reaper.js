'use strict'

const binding = require('./binding.js')
const { codedError, systemError } = require('./errors.js')
const events = require('./events.js')
const { toGrace } = require('./options.js')
const { Reaper, secret } = require('./reaper.js')
const { toMatcher } = require('./reaper-match.js')
const { toKillSignal } = require('./signals.js')
const check = require('./validate.js')

/** @type {typeof import('../index.js').startReaper} */
function startReaper(options = {}) {
  const settings = toSettings(options)
  const id = events.newId()
  const order = {
    id,
    graceMs: settings.gracePeriodMs,
    subreaper: options.subreaper ?? true,
    zombies: settings.zombies,
  }
  const { reaper, errno, marker } = binding.startReaper(order, events.nativeEvents())
  if (errno !== undefined) throw systemError(errno, 'prctl')
  if (!reaper) throw codedError(Error, 'ERR_REAPER_RUNNING', 'a reaper is running in this process already')
  return /** @type {any} */ (new Reaper(secret, { id, native: reaper, marker, settings }))
}

/**
 * @param {any} options
 * @returns {import('./reaper.js').Settings}
 */
function toSettings(options) {
  check.isObject(options, 'options')
  for (const name of ['intervalMs', 'gracePeriodMs']) {
    check.optional(check.isTime, options[name], `options.${name}`)
  }
  for (const name of ['subreaper', 'zombies', 'dryRun']) {
    check.optional(check.isBoolean, options[name], `options.${name}`)
  }
  check.optional(check.isTimeOrFalse, options.zombieMinAgeMs, 'options.zombieMinAgeMs')
  check.optional(check.isTimeOrFalse, options.forceKillAfterDelay, 'options.forceKillAfterDelay')
  const dryRun = options.dryRun ?? false
  return {
    intervalMs: options.intervalMs ?? 60_000,
    gracePeriodMs: options.gracePeriodMs ?? 30_000,
    matches: toMatcher(options.match),
    zombies: (options.zombies ?? true) && !dryRun,
    zombieMinAgeMs: options.zombieMinAgeMs ?? 5000,
    dryRun,
    plan: {
      signal: toKillSignal(options.killSignal, 'options.killSignal'),
      graceMs: toGrace(options.forceKillAfterDelay ?? 3000),
    },
  }
}

module.exports = { startReaper }

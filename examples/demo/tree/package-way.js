'use strict'

// In a program of your own this is require('subreaper').
const { spawnDetached } = require('../../..')

/**
 * @param {string} file
 * @param {string[]} args
 * @param {number} graceMs
 */
function start(file, args, graceMs) {
  const child = spawnDetached(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    forceKillAfterDelay: graceMs,
  })

  return async function end() {
    const report = await child.terminate()
    return (
      `${child.containment} containment reports '${report.outcome}': ${report.signalled} signalled, ` +
      `${report.forceKilled} killed, ${report.escaped} found outside the group, ${report.survivors.length} survived`
    )
  }
}

module.exports = { start }

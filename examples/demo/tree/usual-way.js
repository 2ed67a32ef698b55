'use strict'

// What Node programs write by hand, in its careful form: the group, a grace period, the group again.

const { spawn } = require('node:child_process')
const { setTimeout: delay } = require('node:timers/promises')

/**
 * @param {string} file
 * @param {string[]} args
 * @param {number} graceMs
 */
function start(file, args, graceMs) {
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] })

  return async function end() {
    const group = -Number(child.pid)
    const deadline = performance.now() + graceMs
    signal(group, 'SIGTERM')
    while (signal(group, 0)) {
      if (performance.now() > deadline) {
        signal(group, 'SIGKILL')
        return 'somebody in the group outlived SIGTERM and was sent SIGKILL'
      }
      await delay(50)
    }
    return 'nobody is left in the group'
  }
}

/**
 * @param {number} group
 * @param {NodeJS.Signals | 0} name
 * @returns {boolean} whether anybody could be signalled
 */
function signal(group, name) {
  try {
    return process.kill(group, name)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false
    throw error
  }
}

module.exports = { start }

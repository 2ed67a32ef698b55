'use strict'
// A bystander that proves it was not signalled: a pending SIGKILL lets nobody answer.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { within } = require('../support/deadline.js')

/**
 * Starts a `cat` of Node's own.
 *
 * @param {{ detached?: boolean }} [options] detached: it leads a group and a session of its own
 */
function startWitness({ detached = false } = {}) {
  const child = spawn('cat', { detached, stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const pid = /** @type {number} */ (child.pid)
  return {
    child,
    pid,
    /** Resolves when it answers; rejects when it is gone, stopped or late. */
    async answers() {
      const answer = once(child.stdout, 'data')
      const gone = closed.then(([code, signal]) => {
        throw new Error(`the bystander has ended: ${code ?? signal}`)
      })
      child.stdin.on('error', () => {}) // EPIPE: `gone` says it better
      child.stdin.write('.')
      await within(Promise.race([answer, gone]), 5000, 'an answer of the bystander')
    },
    async end() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

module.exports = { startWitness }

'use strict'
// Letting libuv have its turn at children that have ended.

const { once } = require('node:events')
const { setImmediate: turn } = require('node:timers/promises')

/**
 * Resolves when libuv has collected all of its children that had ended at the time of the call: it does so on SIGCHLD, in the
 * same turn of the loop in which JavaScript hears of the signal. Main thread only.
 */
async function libuvHasReaped() {
  const heard = once(process, 'SIGCHLD')
  process.kill(process.pid, 'SIGCHLD')
  await heard
  await turn()
  await turn()
}

module.exports = { libuvHasReaped }

'use strict'

const { takeCensus, readStartTime } = require('./census.js')

const DEADLINE_MS = 5000

/**
 * Kills everything that carries the marker. Synchronous, so that it also works while the demo is exiting.
 *
 * @param {string} marker
 * @returns {number} how many were killed
 */
function cleanUp(marker) {
  const deadline = performance.now() + DEADLINE_MS
  const killed = new Set()
  for (let left = takeCensus(marker); left.length > 0; left = takeCensus(marker)) {
    if (performance.now() > deadline) throw new Error(`not ended: ${left.map(({ pid }) => pid).join(', ')}`)
    for (const identity of left) {
      killExactly(identity)
      killed.add(identity.pid)
    }
    pause(20)
  }
  return killed.size
}

/** @param {import('./census.js').Identity} identity */
function killExactly({ pid, startTime }) {
  if (readStartTime(pid) !== startTime) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}

/** @param {number} ms */
function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

module.exports = { cleanUp }

'use strict'

const { settle, takeCensus, readMemory } = require('./census.js')
const { Owner } = require('./owner.js')

/** Milliseconds between SIGTERM and SIGKILL, the same for both ways. */
const GRACE_MS = 2000
const DEADLINE_MS = 15_000

/** @typedef {import('./owner.js').Way} Way */
/** @typedef {import('./census.js').Identity} Identity */
/** @typedef {{ started: Identity[], startedBytes: number }} Before */
/** @typedef {{ onStarted: (before: Before) => void, onEvent: (text: string) => void }} Listeners */
/** @typedef {{ left: Identity[], leftBytes: number, tookMs: number | null, summary: string | null }} Outcome */

/**
 * The owner ends its tree, or kills the top of it and leaves the rest to its reaper.
 *
 * @param {Way} way
 * @param {string} marker
 * @param {Listeners} listeners
 * @returns {Promise<Outcome>}
 */
async function endTree(way, marker, listeners) {
  return withOwner(way, marker, listeners, async (owner) => {
    const { tookMs, summary } = await owner.end()
    const left = await settle(marker, { quietMs: 500, deadlineMs: DEADLINE_MS })
    return { left, leftBytes: readMemory(left), tookMs, summary }
  })
}

/**
 * The owner is killed with SIGKILL. Whoever is still there well after the grace period is left.
 *
 * @param {Way} way
 * @param {string} marker
 * @param {Listeners} listeners
 * @returns {Promise<Outcome>}
 */
async function killOwner(way, marker, listeners) {
  return withOwner(way, marker, listeners, async (owner) => {
    const begin = performance.now()
    await owner.kill()
    const left = await settle(marker, { quietMs: GRACE_MS + 1000, deadlineMs: DEADLINE_MS })
    const tookMs = left.length === 0 ? performance.now() - begin : null
    return { left, leftBytes: readMemory(left), tookMs, summary: null }
  })
}

/**
 * @param {Way} way
 * @param {string} marker
 * @param {Listeners} listeners
 * @param {(owner: InstanceType<typeof Owner>) => Promise<Outcome>} act
 */
async function withOwner(way, marker, listeners, act) {
  const owner = new Owner(way, marker, GRACE_MS, listeners.onEvent)
  try {
    await owner.ready()
    const started = takeCensus(marker)
    listeners.onStarted({ started, startedBytes: readMemory(started) })
    return await act(owner)
  } finally {
    owner.close()
  }
}

module.exports = { endTree, killOwner, GRACE_MS }

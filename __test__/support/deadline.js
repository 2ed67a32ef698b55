'use strict'
// Waiting with an end: a condition that never comes true fails the test instead of hanging it.
const { setTimeout: sleep } = require('node:timers/promises')

/**
 * Polls a condition until it is truthy.
 *
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {{ within?: number, every?: number, what?: string }} [options] times in milliseconds
 * @returns {Promise<T>} what the condition gave
 */
async function until(condition, { within = 10_000, every = 5, what = '' } = {}) {
  const deadline = performance.now() + within
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${what || condition}`)
    await sleep(every)
  }
}

/**
 * Rejects when a promise takes longer than it may.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {string} what named in the error
 * @returns {Promise<T>}
 */
async function within(promise, ms, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms)
  })
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (late)])
  } finally {
    clearTimeout(timer)
  }
}

module.exports = { until, within }

'use strict'
// Signal names and numbers, as child_process takes and gives them.

const { constants } = require('node:os')
const { invalidType, unknownSignal } = require('./errors.js')

/** @type {Record<string, number>} */
const numbers = constants.signals
/** Where a number has several names, the first is the one that child_process gives. */
const names = new Map(
  Object.entries(numbers)
    .reverse()
    .map(([name, number]) => [number, name]),
)

/**
 * @param {unknown} signal - A name or number; 0 asks whether anybody is there.
 * @returns {number}
 */
function toSignalNumber(signal = 'SIGTERM') {
  if (signal === 0) return 0
  if (typeof signal === 'number' && names.has(signal)) return signal
  if (typeof signal === 'string' && Object.hasOwn(numbers, signal.toUpperCase())) {
    return numbers[signal.toUpperCase()]
  }
  throw unknownSignal(signal)
}

/**
 * @param {unknown} signal - The signal that ends a tree, or undefined.
 * @param {string} name
 * @returns {number | undefined}
 */
function toKillSignal(signal, name) {
  if (signal === undefined || signal === null) return undefined
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw invalidType(name, 'of type string or number', signal)
  }
  if (signal === 0) throw unknownSignal(signal)
  return toSignalNumber(signal)
}

/**
 * @param {number | undefined} number
 * @returns {NodeJS.Signals | null}
 */
function toSignalName(number) {
  if (number === undefined || number === null) return null
  // Real-time signals have no name in Node; kill(1) knows them by this one.
  return /** @type {NodeJS.Signals} */ (names.get(number) ?? `SIG${number}`)
}

module.exports = { toSignalNumber, toKillSignal, toSignalName }

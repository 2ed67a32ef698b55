'use strict'
// Checks of arguments: each throws what Node throws for the same mistake.

const { invalidType, invalidValue, outOfRange } = require('./errors.js')

/** Node's timers take no more. */
const TIME_MAX = 2 ** 31 - 1

/** @typedef {(value: any, name: string) => void} Check */

/**
 * Applies a check to a value that may be left out.
 *
 * @param {Check} check
 * @param {unknown} value
 * @param {string} name
 */
function optional(check, value, name) {
  if (value !== undefined && value !== null) check(value, name)
}

/** @type {Check} */
function isString(value, name) {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value)
}

/** @type {Check} */
function isBoolean(value, name) {
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value)
}

/** @type {Check} */
function isObject(value, name) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(name, 'of type object', value)
  }
}

/** @type {Check} */
function isInt32(value, name) {
  if (typeof value !== 'number' || value !== (value | 0)) throw invalidType(name, 'int32', value)
}

/** The kernel's strings end at a NUL: what comes after it would be lost unseen. @type {Check} */
function hasNoNul(value, name) {
  if (typeof value === 'string' && value.includes('\0')) {
    throw invalidValue(name, value, 'must be a string without null bytes')
  }
}

/** @type {Check} */
function isTime(value, name) {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value)
  if (!(value >= 0 && value <= TIME_MAX)) throw outOfRange(name, `>= 0 && <= ${TIME_MAX}`, value)
}

/** @type {Check} */
function isTimeOrFalse(value, name) {
  if (value === false) return
  if (typeof value !== 'number') throw invalidType(name, 'of type number, or false', value)
  isTime(value, name)
}

/** @type {Check} */
function isAbortSignal(value, name) {
  if (typeof value !== 'object' || value === null || !('aborted' in value)) {
    throw invalidType(name, 'an instance of AbortSignal', value)
  }
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {readonly string[]} known
 */
function isOneOf(value, name, known) {
  if (typeof value !== 'string' || !known.includes(value)) {
    throw invalidValue(name, value, `must be one of: ${known.map((name) => `'${name}'`).join(', ')}`)
  }
}

module.exports = {
  optional,
  isString,
  isBoolean,
  isObject,
  isInt32,
  hasNoNul,
  isTime,
  isTimeOrFalse,
  isAbortSignal,
  isOneOf,
}

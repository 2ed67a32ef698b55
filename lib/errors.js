'use strict'
// Errors with the codes, classes and properties of Node's own.

const { inspect, getSystemErrorName } = require('node:util')

/**
 * @template {Error} E
 * @param {new (message: string, options?: ErrorOptions) => E} Base
 * @param {string} code
 * @param {string} message
 * @param {ErrorOptions} [options]
 * @returns {E & { code: string }}
 */
function codedError(Base, code, message, options) {
  return Object.assign(new Base(message, options), { code })
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} actual
 */
function invalidType(name, expected, actual) {
  const kind = name.includes('.') ? 'property' : 'argument'
  const message = `The "${name}" ${kind} must be ${expected}. Received ${inspect(actual, { depth: 0 })}`
  return codedError(TypeError, 'ERR_INVALID_ARG_TYPE', message)
}

/**
 * @param {string} name
 * @param {unknown} actual
 * @param {string} [reason]
 */
function invalidValue(name, actual, reason = 'is invalid') {
  const kind = name.includes('.') ? 'property' : 'argument'
  const received = inspect(actual, { depth: 0, maxStringLength: 128 })
  return codedError(
    TypeError,
    'ERR_INVALID_ARG_VALUE',
    `The ${kind} '${name}' ${reason}. Received ${received}`,
  )
}

/**
 * @param {string} name
 * @param {string} range
 * @param {unknown} actual
 */
function outOfRange(name, range, actual) {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(actual)}`
  return codedError(RangeError, 'ERR_OUT_OF_RANGE', message)
}

/** @param {unknown} signal */
function unknownSignal(signal) {
  return codedError(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${inspect(signal)}`)
}

/**
 * What a system call said.
 *
 * @param {number} errno - A positive errno.
 * @param {string} syscall
 */
function systemError(errno, syscall) {
  const code = getSystemErrorName(-errno)
  return Object.assign(codedError(Error, code, `${syscall} ${code}`), { errno: -errno, syscall })
}

/** @param {unknown} cause */
function abortError(cause) {
  const error = codedError(Error, 'ABORT_ERR', 'The operation was aborted', { cause })
  error.name = 'AbortError'
  return error
}

module.exports = {
  codedError,
  invalidType,
  invalidValue,
  outOfRange,
  unknownSignal,
  systemError,
  abortError,
}

'use strict'
// Arguments of spawnDetached, checked and brought into one form, as child_process does it.

const { fileURLToPath } = require('node:url')
const { codedError, invalidType, invalidValue, outOfRange } = require('./errors.js')
const { toKillSignal } = require('./signals.js')
const check = require('./validate.js')

const TIERS = Object.freeze(['auto', 'cgroup', 'subreaper', 'group', 'job'])
const OFFERED = Object.freeze(['auto', 'subreaper', 'group'])

/**
 * @typedef {import('../index.js').SpawnDetachedOptions} SpawnDetachedOptions
 *
 * @typedef {object} Command
 * @property {string} file
 * @property {string[]} argv - With the command's name in front.
 * @property {string[]} env - `NAME=value`.
 * @property {string} [cwd]
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {unknown} stdio
 * @property {number} timeout - Milliseconds; 0 for none.
 * @property {AbortSignal} [signal]
 * @property {number} [killSignal]
 * @property {number} [graceMs] - -1 never escalates.
 * @property {'auto' | 'subreaper' | 'group'} containment
 * @property {boolean} keep
 */

/**
 * @param {unknown} file
 * @param {unknown} args
 * @param {any} options
 * @returns {Command}
 */
function normalize(file, args, options) {
  check.isString(file, 'file')
  check.hasNoNul(file, 'file')
  if (file === '') throw invalidValue('file', file, 'cannot be empty')
  if (typeof args === 'object' && args !== null && !Array.isArray(args)) {
    options = args
    args = []
  } else if (args !== undefined && args !== null && !Array.isArray(args)) {
    throw invalidType('args', 'an instance of Array', args)
  }
  const words = /** @type {unknown[]} */ (args ?? []).map(String)
  for (const [index, word] of words.entries()) check.hasNoNul(word, `args[${index}]`)
  if (options === undefined) options = {}
  check.isObject(options, 'options')
  const cwd = toPath(options.cwd, 'options.cwd')
  checkShared(options)
  checkOwn(options)
  const command = String(file)
  const shell = options.shell ? toShell(command, words, options.shell) : { file: command, args: words }
  const timeout = toTimeout(options.timeout)
  if (options.signal !== undefined) check.isAbortSignal(options.signal, 'options.signal')
  return {
    file: shell.file,
    argv: [options.argv0 ?? shell.file, ...shell.args],
    env: toEnvironment(options.env || process.env),
    cwd,
    uid: toId(options.uid),
    gid: toId(options.gid),
    stdio: options.stdio ?? 'pipe',
    timeout,
    signal: options.signal,
    killSignal: toKillSignal(options.killSignal, 'options.killSignal'),
    graceMs: toGrace(options.forceKillAfterDelay),
    containment: options.containment ?? 'auto',
    keep: options.onOwnerExit === 'keep',
  }
}

/** @param {any} options - Those of child_process.spawn. */
function checkShared(options) {
  check.optional(check.isBoolean, options.detached, 'options.detached')
  check.optional(check.isInt32, options.uid, 'options.uid')
  check.optional(check.isInt32, options.gid, 'options.gid')
  if (!['undefined', 'boolean', 'string'].includes(typeof (options.shell ?? undefined))) {
    throw invalidType('options.shell', 'of type boolean or string', options.shell)
  }
  check.hasNoNul(options.shell, 'options.shell')
  check.optional(check.isString, options.argv0, 'options.argv0')
  check.hasNoNul(options.argv0, 'options.argv0')
  check.optional(check.isBoolean, options.windowsHide, 'options.windowsHide')
  check.optional(check.isBoolean, options.windowsVerbatimArguments, 'options.windowsVerbatimArguments')
}

/** @param {any} options - Those that only spawnDetached has. */
function checkOwn(options) {
  check.optional(check.isTimeOrFalse, options.forceKillAfterDelay, 'options.forceKillAfterDelay')
  if (options.onOwnerExit !== undefined) {
    check.isOneOf(options.onOwnerExit, 'options.onOwnerExit', ['terminate', 'keep'])
  }
  if (options.containment === undefined) return
  check.isOneOf(options.containment, 'options.containment', TIERS)
  if (!OFFERED.includes(options.containment)) throw containmentUnavailable(options.containment)
}

/**
 * @param {string} tier
 * @param {Error} [cause]
 */
function containmentUnavailable(tier, cause) {
  const message = `containment '${tier}' cannot be had here; see capabilities()`
  return codedError(Error, 'ERR_CONTAINMENT_UNAVAILABLE', message, { cause })
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {string | undefined}
 */
function toPath(value, name) {
  if (value === undefined || value === null) return undefined
  let path = value instanceof URL ? fileURLToPath(value) : value
  if (path instanceof Uint8Array) path = Buffer.from(path).toString()
  if (typeof path !== 'string') {
    throw invalidType(name, 'of type string or an instance of Buffer or URL', value)
  }
  check.hasNoNul(path, name)
  // As in child_process, no folder at all means the caller's.
  return path === '' ? undefined : path
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {string | true} shell
 */
function toShell(file, args, shell) {
  const script = [file, ...args].join(' ')
  return { file: typeof shell === 'string' ? shell : '/bin/sh', args: ['-c', script] }
}

/**
 * @param {any} env
 * @returns {string[]}
 */
function toEnvironment(env) {
  const entries = []
  // Inherited names count too, as they do for child_process.
  for (const name in env) {
    const value = env[name]
    if (value === undefined) continue
    check.hasNoNul(name, `options.env['${name}']`)
    check.hasNoNul(`${value}`, `options.env['${name}']`)
    entries.push(`${name}=${value}`)
  }
  const coverage = process.env.NODE_V8_COVERAGE
  // As in child_process: a Node program below is measured along with this one.
  if (coverage !== undefined && !Object.hasOwn(env, 'NODE_V8_COVERAGE')) {
    entries.push(`NODE_V8_COVERAGE=${coverage}`)
  }
  return entries
}

/** @param {unknown} timeout */
function toTimeout(timeout) {
  if (timeout === undefined || timeout === null) return 0
  if (typeof timeout !== 'number' || !Number.isInteger(timeout) || timeout < 0) {
    throw outOfRange('timeout', 'an unsigned integer', timeout)
  }
  return timeout
}

/**
 * @param {number | false | null | undefined} delay
 * @returns {number | undefined}
 */
function toGrace(delay) {
  return delay === false ? -1 : (delay ?? undefined)
}

/**
 * @param {number | null | undefined} id
 * @returns {number | undefined} The same bits as the kernel's unsigned id.
 */
function toId(id) {
  return id === undefined || id === null ? undefined : id >>> 0
}

module.exports = { normalize, toGrace, containmentUnavailable }

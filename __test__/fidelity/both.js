'use strict'
// Registers one test for child_process.spawn and one for spawnDetached: what holds for the first must hold for the second.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { text } = require('node:stream/consumers')
const { test } = require('node:test')
const { spawnDetached } = require('../../index.js')

/** @typedef {import('node:stream').Readable} Readable */
/** @typedef {import('node:stream').Writable} Writable */

/**
 * What both kinds of process objects have.
 *
 * @typedef {Pick<import('node:child_process').ChildProcess, 'pid' | 'stdin' | 'stdout' | 'stderr' | 'stdio' | 'exitCode'
 *   | 'signalCode' | 'killed' | 'spawnfile' | 'spawnargs' | 'connected' | 'kill' | 'ref' | 'unref'>
 *   & import('node:events').EventEmitter} Child
 */
/**
 * @typedef {(file: string, args?: readonly string[], options?: import('node:child_process').SpawnOptions) => Child} Start
 */

/** @type {[string, Start][]} */
const starters = [
  [
    'child_process.spawn',
    (file, args = [], options = {}) => spawn(file, args, { ...options, detached: true }),
  ],
  ['spawnDetached', /** @type {Start} */ (/** @type {unknown} */ (spawnDetached))],
]

/**
 * @param {string} name
 * @param {(start: Start, t: import('node:test').TestContext) => void | Promise<void>} check
 * @param {import('node:test').TestOptions} [options]
 */
function both(name, check, options = {}) {
  for (const [starter, start] of starters) test(`${name}: ${starter}`, options, (t) => check(start, t))
}

/**
 * Runs to the end, with what it wrote.
 *
 * @param {Child} child
 */
async function finish(child) {
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  const [code, signal] = await closed
  return { code, signal, stdout, stderr }
}

/** @param {Readable | null} stream */
async function readAll(stream) {
  return stream ? text(stream) : ''
}

module.exports = { both, finish, starters }

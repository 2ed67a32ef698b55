'use strict'
// Starts `fixtures/owner-spawns.js`: another process that owns trees, which all hold a pipe of this process.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const readline = require('node:readline')
const { markedBy, killAll } = require('../list-processes/proc.js')
const { settled } = require('../support/oracle.js')
const { listShapes } = require('../support/shape.js')

/** @typedef {import('node:stream').Readable} Readable */

const script = path.join(__dirname, '..', 'fixtures', 'owner-spawns.js')

/**
 * @typedef {object} OwnerOptions
 * @property {string[]} shapes one tree each
 * @property {'main' | 'worker'} [thread] where they are spawned
 * @property {'exit' | 'throw' | 'end' | 'wait'} [ending] what the owner does once it has spawned all of them
 * @property {import('../../index.js').Containment} [containment]
 * @property {'terminate' | 'keep'} [onOwnerExit]
 * @property {number} [forceKillAfterDelay]
 */

/**
 * Resolves right before the owner spawns its first tree.
 *
 * @param {OwnerOptions} options
 */
async function beginOwner(options) {
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', options.ending === 'throw' ? 'ignore' : 'inherit', 'pipe'],
  })
  const exited = once(child, 'exit')
  const pid = /** @type {number} */ (child.pid)
  const lines = readline
    .createInterface({ input: /** @type {Readable} */ (child.stdout) })
    [Symbol.asyncIterator]()
  const tree = /** @type {Readable} */ (child.stdio[3])
  const bytes = options.shapes.map((shape) => /** @type {number} */ (listShapes().get(shape)))
  const allSettled = settled(
    tree,
    bytes.reduce((sum, n) => sum + n, 0),
  )
  allSettled.catch(() => {}) // for who is not interested; the others await it
  await lines.next()
  return {
    pid,
    tree,
    exited,
    lines,
    /** Resolves when every member of every tree is in place. */
    settled: allSettled,
    /** @param {NodeJS.Signals} signal */
    async kill(signal) {
      child.kill(signal)
      return exited
    },
    /** Cleans up after a test, however it went. */
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
      killAll(markedBy(pid))
    },
  }
}

/**
 * Resolves when the owner has spawned all of its trees.
 *
 * @param {OwnerOptions} options
 */
async function startOwner(options) {
  const owner = await beginOwner(options)
  const { value } = await owner.lines.next()
  /** @type {number[]} */
  const leaders = JSON.parse(String(value))
  return { ...owner, leaders }
}

module.exports = { beginOwner, startOwner }

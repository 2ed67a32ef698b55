'use strict'
// Starts the process trees of `fixtures/shape.c`.
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { spawnDetached } = require('../../index.js')
const { settled } = require('./oracle.js')

/** @typedef {import('node:stream').Readable} Readable */
/** @typedef {import('../../index.js').SpawnDetachedOptions} SpawnDetachedOptions */

const program = path.join(__dirname, '..', 'fixtures', 'bin', 'shape')

/**
 * Every shape, and how many bytes its members write once they are all in place.
 *
 * @returns {Map<string, number>}
 */
function listShapes() {
  const lines = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  return new Map(lines.map((line) => line.split(' ')).map(([name, bytes]) => [name, Number(bytes)]))
}

/** @type {Map<string, number> | undefined} */
let shapes

/**
 * Starts a tree and waits until all of it is in place.
 *
 * @param {string} name
 * @param {Omit<SpawnDetachedOptions, 'stdio'> & { args?: readonly string[], members?: number }} [options]
 *   `args` follow the name; `members` says how many bytes to wait for where `args` change that
 * @returns {Promise<{ child: import('../../index.js').DetachedProcess, tree: Readable }>}
 *   `tree` is the pipe that every member holds as its descriptor 3
 */
async function startShape(name, { containment = 'auto', args = [], members, ...options } = {}) {
  shapes ??= listShapes()
  const bytes = members ?? shapes.get(name)
  if (bytes === undefined) throw new Error(`no such shape: ${name}`)
  const child = spawnDetached(program, [name, ...args], {
    ...options,
    containment,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  const tree = /** @type {Readable} */ (child.stdio[3])
  try {
    await settled(tree, bytes)
  } catch (error) {
    child[Symbol.dispose]()
    throw error
  }
  return { child, tree }
}

module.exports = { listShapes, startShape }

'use strict'
// What the scripts share that run inside a container: a reaper with its events written down, and orphans to give it.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const { startReaper } = require('../../index.js')
const { settled } = require('../support/oracle.js')

/** @typedef {import('node:stream').Readable} Readable */

/** Short enough for a test, and long enough apart to be told from each other. */
const timing = { gracePeriodMs: 400, intervalMs: 300, forceKillAfterDelay: 300, zombieMinAgeMs: 100 }

/**
 * @typedef {object} Recorded
 * @property {string} name of the event
 * @property {number} at milliseconds of `performance.now()`
 * @property {number} [pid]
 * @property {any} [report] of `killed`
 * @property {any} [stats] of `scan`
 * @property {number | null} [code] of `reaped`
 * @property {string | null} [signal] of `reaped`
 * @property {string} [message] of `error`
 */

/**
 * Starts a reaper whose events are kept in the order in which they come.
 *
 * @param {import('../../index.js').ReaperOptions} [options]
 */
function startRecorded(options) {
  const reaper = startReaper({ ...timing, ...options })
  /** @type {Recorded[]} */
  const events = []
  /** @param {Omit<Recorded, 'at'>} event */
  const record = (event) => events.push({ ...event, at: performance.now() })
  reaper.on('orphan', ({ pid }) => record({ name: 'orphan', pid }))
  reaper.on('killed', ({ pid }, report) => record({ name: 'killed', pid, report }))
  reaper.on('reaped', (zombie) => record({ name: 'reaped', ...zombie }))
  reaper.on('scan', (stats) => record({ name: 'scan', stats }))
  reaper.on('error', ({ message }) => record({ name: 'error', message }))
  reaper.on('stop', () => record({ name: 'stop' }))
  /** @param {string} name @param {number} [pid] */
  const of = (name, pid) =>
    events.filter((event) => event.name === name && (pid === undefined || event.pid === pid))
  return { reaper, events, of }
}

/**
 * Starts a command whose parent is a shell of ours that lives until `abandon` is called.
 *
 * @param {readonly string[]} command it gets descriptor 3, and no other one of ours
 * @param {object} [options]
 * @param {boolean} [options.atOnce] the shell ends as soon as it has started the command
 * @param {boolean} [options.detached] the shell leads a session of its own
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {number} [options.bytes] how many to wait for on descriptor 3
 */
async function startBelow(command, { atOnce = false, detached = false, env, bytes = 0 } = {}) {
  const before = performance.now()
  const script = `exec 4>&1 > /dev/null; "$@" 4>&- & echo $! >&4; exec 4>&-; ${atOnce ? '' : 'read -r line'}`
  const shell = spawn('sh', ['-c', script, 'sh', ...command], {
    detached,
    env,
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  })
  const exited = once(shell, 'exit')
  const tree = /** @type {Readable} */ (shell.stdio[3])
  const inPlace = bytes > 0 ? settled(tree, bytes) : undefined
  const [line] = await once(/** @type {Readable} */ (shell.stdout), 'data')
  const input = /** @type {import('node:stream').Writable} */ (shell.stdin)
  input.on('error', () => {}) // EPIPE: the shell that ends at once
  return {
    pid: Number(line),
    /** The shell's number. */
    parent: /** @type {number} */ (shell.pid),
    /** The pipe that the command and all it starts hold as descriptor 3. */
    tree,
    inPlace,
    /** Ends the shell. Its true end lies between the two times. */
    async abandon() {
      const told = atOnce ? before : performance.now()
      input.end()
      await exited
      return { before: told, after: performance.now() }
    },
  }
}

/**
 * Starts a command and orphans it.
 *
 * @param {readonly string[]} command
 * @param {Parameters<typeof startBelow>[1]} [options]
 */
async function startOrphan(command, options) {
  const started = await startBelow(command, { atOnce: true, ...options })
  return { ...started, ...(await started.abandon()) }
}

/**
 * An addon that forks on the main thread and waits on one of its own.
 *
 * @returns {any} null where it is not installed
 */
function loadPty() {
  try {
    // By a variable, because the compiler is not to miss its types.
    const name = 'node-pty'
    return require(name)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'MODULE_NOT_FOUND') throw error
    return null
  }
}

/**
 * Prints the result and ends, whatever still runs: it ends with the container.
 *
 * @param {unknown} result
 */
function finish(result) {
  fs.writeFileSync(1, JSON.stringify(result))
  process.exit()
}

module.exports = { timing, startRecorded, startBelow, startOrphan, loadPty, finish }

'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { on, once } = require('node:events')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const { MARKER } = require('./census.js')

/** @typedef {'usual' | 'package' | 'reaper'} Way */
/** @typedef {{ tookMs: number, summary: string }} Ended */

/** What the owner and its tree say on the standard output they share, once each of them is up. */
const PROGRAMS = ['cli', 'server', 'dev-server', 'watcher', 'browser', 'tab-1', 'tab-2', 'cache-daemon']
const DEADLINE_MS = 15_000

const hasPython = spawnSync('python3', ['--version']).status === 0
const tree = join(__dirname, 'tree')
const server = hasPython ? ['python3', join(tree, 'server.py')] : [process.execPath, join(tree, 'server.js')]

/** A process that started the tree, with the tree below it up and running. */
class Owner {
  #child
  #lines
  #errors = ''

  /**
   * @param {Way} way
   * @param {string} marker
   * @param {number} graceMs
   * @param {(text: string) => void} onEvent - for what it has to tell in between
   */
  constructor(way, marker, graceMs, onEvent) {
    this.#child = spawn(process.execPath, [join(tree, 'cli.js'), way, String(graceMs), ...server], {
      env: {
        ...process.env,
        [MARKER]: marker,
        // npm asks the registry for its own newest version and writes a log for each run, unless told not to.
        npm_config_update_notifier: 'false',
        npm_config_logs_max: '0',
      },
      stdio: 'pipe',
    })
    this.#lines = createInterface({ input: this.#child.stdout })
    this.#lines.on('line', (line) => line.startsWith('event ') && onEvent(line.slice('event '.length)))
    this.#child.stderr.on('data', (text) => {
      this.#errors += text
    })
  }

  /** Waits until every program of the tree runs. */
  async ready() {
    const missing = new Set(PROGRAMS.map((name) => `ready ${name}`))
    await this.#waitForLine((line) => missing.delete(line) && missing.size === 0)
  }

  /**
   * Lets it end its tree and exit.
   *
   * @returns {Promise<Ended>} as the owner saw it
   */
  async end() {
    const exited = this.#exited()
    this.#child.stdin.end()
    const line = await this.#waitForLine((text) => text.startsWith('ended '))
    await exited
    return JSON.parse(line.slice('ended '.length))
  }

  async kill() {
    const exited = this.#exited()
    this.#child.kill('SIGKILL')
    await exited
  }

  async #exited() {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    await once(this.#child, 'exit', { signal }).catch((cause) => {
      throw new Error(`the owner has not exited within ${DEADLINE_MS} ms`, { cause })
    })
  }

  /** Lets go of the pipes, which a leaked process may hold open for ever. */
  close() {
    this.#lines.close()
    this.#child.stdout.destroy()
    this.#child.stderr.destroy()
  }

  /**
   * @param {(line: string) => boolean} isLast
   * @returns {Promise<string>}
   */
  async #waitForLine(isLast) {
    const lines = on(this.#lines, 'line', { close: ['close'], signal: AbortSignal.timeout(DEADLINE_MS) })
    try {
      for await (const [line] of lines) if (isLast(line)) return line
    } catch (cause) {
      throw new Error(`nothing heard from the tree for ${DEADLINE_MS} ms\n${this.#errors}`, { cause })
    }
    throw new Error(`the tree ended before its time\n${this.#errors}`)
  }
}

module.exports = { Owner, hasPython }

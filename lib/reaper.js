'use strict'

const { channel } = require('node:diagnostics_channel')
const { EventEmitter } = require('node:events')
const { isMainThread } = require('node:worker_threads')
const { codedError, systemError } = require('./errors.js')
const events = require('./events.js')
const { libuvHasReaped } = require('./main-loop.js')
const {
  forgetOwnChildren,
  hearsOfChildren,
  ownChildren,
  takeWorkersChanged,
  watchOwnChildren,
} = require('./own-children.js')
const { toSignalName } = require('./signals.js')

const secret = Symbol('made by startReaper')
/** Time in which the signals of children that end together become one look. */
const HINT_DELAY_MS = 20
/** When to look whom a new child has started, so that they are known once it has lost them. */
const LEARN_AFTER_MS = Object.freeze([200, 2000])
/** A timer for what is due must not come a little early. */
const DUE_SLACK_MS = 1
/** Node's timers take no more. */
const TIME_MAX = 2 ** 31 - 1
const OWNER = 'SUBREAPER_OWNER'
/** The marks of a tree that this process itself is in do not hold for what it starts. */
const INHERITED = Object.freeze(['SUBREAPER_KEEP', 'SUBREAPER_TREE'])

/**
 * @typedef {import('../index.js').ProcessInfo} ProcessInfo
 * @typedef {import('../index.js').TerminationReport} TerminationReport
 * @typedef {import('../index.js').ScanStats} ScanStats
 * @typedef {import('../binding.js').Event} NativeEvent
 * @typedef {import('../binding.js').Look} Look
 * @typedef {import('../binding.js').Collected} Collected
 * @typedef {import('../binding.js').NativeIdentity} Identity
 *
 * @typedef {object} Settings
 * @property {number} intervalMs
 * @property {number} gracePeriodMs
 * @property {(process: ProcessInfo) => boolean} matches
 * @property {boolean} zombies
 * @property {number | false} zombieMinAgeMs
 * @property {boolean} dryRun
 * @property {import('../binding.js').TerminationPlan} plan
 *
 * @typedef {object} Start
 * @property {number} id
 * @property {import('../binding.js').NativeReaper} native
 * @property {string | undefined} marker
 * @property {Settings} settings
 */

class Reaper extends EventEmitter {
  #id
  #native
  #settings
  #stopped = false
  #held = false
  /** Looks follow one another. @type {Promise<unknown>} */
  #last = Promise.resolve()
  /** @type {((look: Look) => void) | undefined} */
  #answer
  /** Orphans that have been reported. @type {Set<string>} */
  #reported = new Set()
  /** Orphans that are being ended, or whom it was no use to end a moment ago. @type {Map<string, number>} */
  #tried = new Map()
  /** @type {Set<Promise<void>>} */
  #endings = new Set()
  /** @type {Map<string, NodeJS.Timeout>} */
  #timers = new Map()
  /** @type {NodeJS.Timeout} */
  #interval
  /** @type {Map<string, string | undefined>} */
  #environment = new Map()
  #hint = () => this.#later('hint', HINT_DELAY_MS, false)

  stats = {
    scans: 0,
    orphansSeen: 0,
    orphansKilled: 0,
    orphansEscaped: 0,
    zombiesReaped: 0,
    memoryFreedBytes: 0,
    lastScanMs: 0,
  }

  /**
   * @param {symbol} key
   * @param {Start} start
   */
  constructor(key, { id, native, marker, settings }) {
    if (key !== secret) throw codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor')
    super()
    this.#id = id
    this.#native = native
    this.#settings = settings
    events.listen(id, (event) => this.#answer?.(/** @type {Look} */ (event.look)))
    this.#mark(marker)
    if (isMainThread) {
      watchOwnChildren(() => this.#learn())
      // libuv hands SIGCHLD to the main thread only.
      process.on('SIGCHLD', this.#hint)
    }
    this.#interval = setInterval(() => this.#scan(), settings.intervalMs).unref()
    this.#scan()
  }

  /** @returns {Promise<ScanStats>} */
  async scan() {
    if (this.#stopped) throw codedError(Error, 'ERR_REAPER_STOPPED', 'the reaper has been stopped')
    events.hold()
    try {
      return await this.#scan()
    } finally {
      events.release()
    }
  }

  async stop() {
    if (this.#stopped) return
    this.#stopped = true
    clearInterval(this.#interval)
    for (const timer of this.#timers.values()) clearTimeout(timer)
    if (isMainThread) {
      process.off('SIGCHLD', this.#hint)
      forgetOwnChildren()
    }
    events.hold()
    await this.#last
    await Promise.all(this.#endings)
    this.#native.stop()
    this.#unmark()
    events.unlisten(this.#id)
    this.unref()
    events.release()
    this.#tell('stop')
  }

  ref() {
    if (!this.#held && !this.#stopped) {
      this.#held = true
      events.hold()
    }
    return this
  }

  unref() {
    if (this.#held) {
      this.#held = false
      events.release()
    }
    return this
  }

  [Symbol.dispose]() {
    this.stop()
  }

  /** What is started from now on can be told to be ours. @param {string | undefined} marker */
  #mark(marker) {
    for (const name of [OWNER, ...INHERITED]) this.#environment.set(name, process.env[name])
    for (const name of INHERITED) delete process.env[name]
    process.env[OWNER] = marker
  }

  #unmark() {
    for (const [name, value] of this.#environment) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }

  /** @returns {Promise<ScanStats>} */
  async #scan() {
    const stats = await this.#inTurn(true)
    this.stats.scans += 1
    this.stats.lastScanMs = stats.durationMs
    this.#tell('scan', stats)
    return stats
  }

  #learn() {
    for (const delay of LEARN_AFTER_MS) this.#later(`learn ${delay}`, delay, true)
  }

  /**
   * @param {string} reason - One timer for each.
   * @param {number} delay
   * @param {boolean} full
   */
  #later(reason, delay, full) {
    if (this.#stopped || this.#timers.has(reason)) return
    const look = () => {
      this.#timers.delete(reason)
      this.#inTurn(full)
    }
    this.#timers.set(reason, setTimeout(look, Math.min(delay, TIME_MAX)).unref())
  }

  /**
   * @param {boolean} full
   * @returns {Promise<ScanStats>}
   */
  #inTurn(full) {
    const turn = this.#last.then(() => this.#lookAndAct(full))
    this.#last = turn
    return turn
  }

  /** @param {boolean} full */
  async #lookAndAct(full) {
    const collected = []
    let look = await this.#look(full)
    collected.push(...look.collected)
    if (this.#confirmSuspects(look)) {
      look = await this.#look(true)
      collected.push(...look.collected)
    }
    collected.push(...(await this.#collectDoubtful(look)))
    for (const zombie of collected) this.#tellReaped(zombie)
    const orphans = look.orphans.filter(({ process }) => this.#matches(process))
    if (look.full) this.#report(orphans)
    const due = orphans.filter(({ process, isDue }) => isDue && this.#mayTry(process))
    if (due.length > 0 && !this.#settings.dryRun) this.#end(due.map(({ process }) => process))
    if (look.nextDueMs !== undefined) this.#later('due', look.nextDueMs + DUE_SLACK_MS, true)
    return {
      processes: look.processes,
      orphans: orphans.length,
      signalled: this.#settings.dryRun ? 0 : due.length,
      reaped: collected.length,
      durationMs: look.durationMs,
    }
  }

  /**
   * @param {boolean} full
   * @returns {Promise<Look>}
   */
  #look(full) {
    return new Promise((resolve) => {
      this.#answer = resolve
      const errno = this.#native.look(isMainThread ? ownChildren() : [], takeWorkersChanged(), full)
      if (typeof errno === 'number') {
        this.#tell('error', systemError(errno, 'clone'))
        resolve({
          full: false,
          processes: 0,
          durationMs: 0,
          orphans: [],
          suspects: [],
          collected: [],
          doubtful: [],
        })
      }
    })
  }

  /**
   * Suspects are on the main thread's list of children. While its JavaScript runs, no spawnSync is under way, so that whoever is
   * there and was not started by child_process has been adopted.
   *
   * @param {Look} look
   */
  #confirmSuspects(look) {
    if (!hearsOfChildren) return false
    const own = new Set(ownChildren())
    const adopted = look.suspects.filter(({ pid }) => !own.has(pid))
    this.#native.confirm(adopted)
    return adopted.length > 0
  }

  /**
   * @param {Look} look
   * @returns {Promise<Collected[]>}
   */
  async #collectDoubtful({ doubtful }) {
    const { zombies, zombieMinAgeMs } = this.#settings
    if (!hearsOfChildren || !zombies || zombieMinAgeMs === false || doubtful.length === 0) return []
    const ripe = doubtful.filter(({ waitedMs }) => waitedMs >= zombieMinAgeMs)
    const rest = doubtful.filter(({ waitedMs }) => waitedMs < zombieMinAgeMs)
    if (rest.length > 0) {
      const longest = Math.max(...rest.map(({ waitedMs }) => waitedMs))
      this.#later('zombies', zombieMinAgeMs - longest + DUE_SLACK_MS, true)
    }
    if (ripe.length === 0) return []
    await libuvHasReaped()
    return ripe.flatMap(({ identity }) => this.#native.collect(identity) ?? [])
  }

  /** @param {Collected} zombie */
  #tellReaped({ pid, code, signal }) {
    this.stats.zombiesReaped += 1
    const exited = signal === 0
    this.#tell('reaped', { pid, code: exited ? code : null, signal: exited ? null : toSignalName(signal) })
  }

  /** @param {ProcessInfo} process */
  #matches(process) {
    try {
      return this.#settings.matches(process)
    } catch (error) {
      this.#tell('error', error)
      return false
    }
  }

  /** @param {{ process: ProcessInfo }[]} orphans - All there are now. */
  #report(orphans) {
    const now = new Set(orphans.map(({ process }) => keyOf(process)))
    for (const { process } of orphans) {
      if (this.#reported.has(keyOf(process))) continue
      this.stats.orphansSeen += 1
      this.#tell('orphan', process)
    }
    this.#reported = now
  }

  /** Whom the last attempt could not end is left alone for an interval. @param {ProcessInfo} process */
  #mayTry(process) {
    return (this.#tried.get(keyOf(process)) ?? 0) <= performance.now()
  }

  /** @param {ProcessInfo[]} orphans */
  #end(orphans) {
    const id = events.newId()
    for (const orphan of orphans) this.#tried.set(keyOf(orphan), Number.POSITIVE_INFINITY)
    const ending = new Promise((resolve) => {
      events.listen(id, (event) => {
        events.unlisten(id)
        resolve(this.#tellEnded(orphans, event))
      })
    })
    this.#endings.add(ending)
    ending.then(() => this.#endings.delete(ending))
    const errno = this.#native.terminate(id, orphans, this.#settings.plan)
    if (typeof errno === 'number') this.#tell('error', systemError(errno, 'clone'))
  }

  /**
   * @param {ProcessInfo[]} orphans
   * @param {NativeEvent} event
   */
  #tellEnded(orphans, { ended = [] }) {
    const reports = new Map(ended.map(({ identity, report }) => [keyOf(identity), report]))
    for (const orphan of orphans) {
      const report = /** @type {TerminationReport} */ (reports.get(keyOf(orphan)))
      if (report.outcome === 'survivors') {
        this.stats.orphansEscaped += 1
        this.#tried.set(keyOf(orphan), performance.now() + this.#settings.intervalMs)
      } else {
        this.stats.orphansKilled += 1
        this.stats.memoryFreedBytes += orphan.memoryBytes
        this.#tried.delete(keyOf(orphan))
      }
      this.#tell('killed', orphan, report)
    }
    this.#hint()
  }

  /**
   * @param {string} name
   * @param {unknown[]} values
   */
  #tell(name, ...values) {
    channel(`subreaper:${name}`).publish({ reaper: this, values })
    try {
      this.emit(name, ...values)
    } catch (error) {
      // A listener that throws is its owner's business, not the reaper's: it goes where it would have gone.
      process.nextTick(() => {
        throw error
      })
    }
  }
}

/** @param {Identity} identity */
function keyOf({ pid, startTime }) {
  return `${pid}:${startTime}`
}

module.exports = { Reaper, secret }

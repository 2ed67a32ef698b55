'use strict'

const { AsyncResource } = require('node:async_hooks')
const { EventEmitter } = require('node:events')
const fs = require('node:fs')
const binding = require('./binding.js')
const { codedError, systemError } = require('./errors.js')
const events = require('./events.js')
const { containmentUnavailable } = require('./options.js')
const { nobodyLeft } = require('./report.js')
const { delivered, shown } = require('./sent.js')
const { toSignalName, toSignalNumber } = require('./signals.js')
const { handOver, openStreams, parseStdio } = require('./stdio.js')
const { abortable, toPlan } = require('./termination.js')
const { constants } = require('node:os')

const { errno } = constants
/** Failures that child_process reports by an `error` event; it throws the others. */
const EMITTED = new Set([errno.EACCES, errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOENT])
const secret = Symbol('made by spawnDetached')

/**
 * @typedef {import('../index.js').TerminationReport} TerminationReport
 * @typedef {import('../binding.js').Event} NativeEvent
 * @typedef {import('../binding.js').SpawnResult} SpawnResult
 * @typedef {import('./options.js').Command} Command
 * @typedef {{ promise: Promise<TerminationReport>, resolve: (report: TerminationReport) => void }} Run
 */

/** Trees of this thread that are alive, by leader's pid. @type {Map<number, DetachedProcess>} */
const alive = new Map()
let warned = false

class DetachedProcess extends EventEmitter {
  /** @type {import('../binding.js').NativeTree | undefined} */
  #native
  #id = events.newId()
  #held = false
  #closesNeeded = 1
  #closesSeen = 0
  #resource = new AsyncResource('SUBREAPER_TREE', { requireManualDestroy: true })
  /** @type {Run | undefined} */
  #run
  /** @type {() => void} */
  #allGone = () => {}
  /** @type {(error: Error) => void} */
  #neverRan = () => {}

  pid = /** @type {number | undefined} */ (undefined)
  exitCode = /** @type {number | null} */ (null)
  signalCode = /** @type {NodeJS.Signals | null} */ (null)
  killed = false
  connected = false

  /**
   * @param {symbol} key
   * @param {Command} command
   */
  constructor(key, command) {
    if (key !== secret) throw codedError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor')
    super()
    const entries = parseStdio(command.stdio)
    this.spawnfile = command.file
    this.spawnargs = command.argv
    this.groupExited = /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        this.#allGone = resolve
        this.#neverRan = reject
      })
    )
    // Whoever does not ask for it is told by the event.
    this.groupExited.catch(() => {})
    const result = binding.spawn(
      {
        id: this.#id,
        file: command.file,
        argv: command.argv,
        env: command.env,
        cwd: command.cwd,
        uid: command.uid,
        gid: command.gid,
        stdio: entries.map((entry) => entry.native),
        plan: { signal: command.killSignal, graceMs: command.graceMs },
        containment: command.containment,
        keep: command.keep,
      },
      events.nativeEvents(),
    )
    if (result.tree) this.#follow(result.tree)
    else refuseOrThrow(result, command)
    try {
      this.stdio = openStreams(result.pipes)
      handOver(entries)
    } catch (error) {
      // Nobody would have the handle of what runs by now.
      this[Symbol.dispose]()
      throw error
    }
    this.stdin = this.stdio[0]
    this.stdout = this.stdio[1]
    this.stderr = this.stdio[2]
    this.#awaitCloses()
    if (!result.tree) process.nextTick(() => this.#fail(/** @type {number} */ (result.errno)))
    if (result.supervisorErrno) warnOnce(result.supervisorErrno)
  }

  get pgid() {
    return this.pid
  }

  get containment() {
    return this.#native?.containment
  }

  get identity() {
    return this.#native && { pid: this.#native.pid, startTime: this.#native.startTime }
  }

  /** @param {NodeJS.Signals | number} [signal] */
  kill(signal) {
    const number = toSignalNumber(signal)
    if (!this.#native) return false
    const sent = this.#native.kill(number)
    if (sent.errno) {
      this.emit('error', systemError(sent.errno, 'kill'))
      return false
    }
    this.killed ||= sent.delivered
    return sent.delivered
  }

  /** @param {NodeJS.Signals | number} [signal] */
  killGroup(signal) {
    const number = toSignalNumber(signal)
    return this.#native ? delivered(this.#native.killGroup(number), this.#native.pid) : false
  }

  /** @param {import('../index.js').TerminateOptions} [options] */
  async terminate(options = {}) {
    const plan = toPlan(options)
    if (!this.#native) return nobodyLeft()
    // A run under way is shared; another order reaches it all the same, since SIGKILL hurries it.
    if (!this.#run || plan.signal === constants.signals.SIGKILL) this.#order(this.#native, plan)
    const { promise } = /** @type {Run} */ (this.#run)
    return abortable(promise, options.signal)
  }

  members() {
    return this.#native ? shown(this.#native.members()) : []
  }

  ref() {
    if (this.#held || !this.#isAlive()) return
    this.#held = true
    events.hold()
  }

  unref() {
    if (!this.#held) return
    this.#held = false
    events.release()
  }

  [Symbol.dispose]() {
    this.terminate({ killSignal: 'SIGKILL' }).catch((error) => this.emit('error', error))
  }

  async [Symbol.asyncDispose]() {
    await this.terminate()
  }

  /**
   * @param {import('../binding.js').NativeTree} native
   * @param {import('../binding.js').TerminationPlan} plan
   */
  #order(native, plan) {
    delivered(native.terminate(plan), native.pid)
    if (this.#run) return
    let resolve = /** @type {(report: TerminationReport) => void} */ (() => {})
    const promise = new Promise((settle) => {
      resolve = settle
    })
    this.#run = { promise, resolve }
    events.listen(this.#id, (event) => this.#hear(event))
    events.hold()
  }

  #isAlive() {
    return this.pid !== undefined && alive.get(this.pid) === this
  }

  /** @param {import('../binding.js').NativeTree} native */
  #follow(native) {
    this.#native = native
    this.pid = native.pid
    alive.set(native.pid, this)
    events.listen(this.#id, (event) => this.#hear(event))
    this.ref()
    process.nextTick(() => this.emit('spawn'))
  }

  #awaitCloses() {
    for (const stream of this.stdio.slice(1)) {
      if (!stream) continue
      this.#closesNeeded += 1
      stream.on('close', () => this.#countClose())
    }
  }

  #countClose() {
    this.#closesSeen += 1
    if (this.#closesSeen === this.#closesNeeded) this.emit('close', this.exitCode, this.signalCode)
  }

  /** @param {NativeEvent} event */
  #hear(event) {
    this.#resource.runInAsyncScope(() => {
      switch (event.kind) {
        case 'exit':
          return this.#exit(event)
        case 'end':
          return this.#end()
        case 'lost':
          return this.#lost(event)
        case 'report':
          return this.#report(/** @type {TerminationReport} */ (event.report))
      }
    })
  }

  /** @param {NativeEvent} event */
  #exit(event) {
    this.exitCode = event.code ?? null
    this.signalCode = toSignalName(event.signal)
    this.stdin?.destroy()
    process.nextTick(() => this.#flush())
    try {
      this.emit('exit', this.exitCode, this.signalCode)
    } finally {
      this.#countClose()
    }
  }

  /** Streams that nobody reads would never close. */
  #flush() {
    for (const stream of this.stdio) {
      if (stream?.readable) stream.resume()
    }
  }

  #end() {
    this.unref()
    if (this.#isAlive()) alive.delete(/** @type {number} */ (this.pid))
    if (!this.#run) events.unlisten(this.#id)
    this.#resource.emitDestroy()
    this.#allGone()
    this.emit('groupExit')
  }

  /** @param {NativeEvent} event */
  #lost(event) {
    const { report, signal } = event
    this.emit('containmentLost', { containment: 'subreaper', signal: toSignalName(signal), report })
  }

  /** @param {TerminationReport} report */
  #report(report) {
    const run = this.#run
    this.#run = undefined
    if (!run) return
    if (!this.#isAlive()) events.unlisten(this.#id)
    events.release()
    run.resolve(report)
  }

  /** @param {number} number - Errno of a command that could not be started. */
  #fail(number) {
    const error = Object.assign(systemError(number, `spawn ${this.spawnfile}`), {
      path: this.spawnfile,
      spawnargs: this.spawnargs.slice(1),
    })
    this.exitCode = -number
    this.stdin?.destroy()
    this.#neverRan(error)
    this.#resource.emitDestroy()
    process.nextTick(() => this.#flush())
    try {
      this.emit('error', error)
    } finally {
      this.#countClose()
    }
  }
}

/**
 * @param {SpawnResult} result
 * @param {Command} command
 */
function refuseOrThrow({ errno: number, supervisorErrno, pipes }, command) {
  if (number !== undefined && EMITTED.has(number) && supervisorErrno === undefined) return
  for (const fd of pipes) if (fd !== -1) fs.closeSync(fd)
  if (command.containment === 'subreaper' && supervisorErrno !== undefined) {
    throw containmentUnavailable('subreaper', systemError(supervisorErrno, 'spawn'))
  }
  throw systemError(/** @type {number} */ (number), 'spawn')
}

/** @param {number} number - Errno of the supervisor. */
function warnOnce(number) {
  if (warned) return
  warned = true
  const { code } = systemError(number, 'spawn')
  const message = `the supervisor cannot be run (${code}): trees are contained by their process group only`
  process.emitWarning(message, { code: 'SUBREAPER_CONTAINMENT' })
}

/**
 * @param {number} pid
 * @returns {DetachedProcess | undefined} The living tree of this thread with this leader.
 */
function treeLedBy(pid) {
  return alive.get(pid)
}

module.exports = { DetachedProcess, secret, treeLedBy }

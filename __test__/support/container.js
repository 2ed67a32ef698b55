'use strict'
// The containers that a program meets, made of namespaces: they differ in who is PID 1 and in what may be done.
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const { namespaceCommand, runCommand } = require('./namespace.js')

/** @typedef {'node-is-pid-1' | 'pid-1-does-not-reap' | 'init-reaps' | 'unprivileged' | 'read-only-cgroupfs'} Kind */

const init = path.join(__dirname, '..', 'fixtures', 'bin', 'reaper-init')

// A shell would not do as one that does not reap: dash and bash wait for every child they have.
const mountReadOnly = `
  while read -r id parent device root point options rest; do
    case " $rest " in *" - cgroup "* | *" - cgroup2 "*) mount -o remount,bind,ro "$point" || exit ;; esac
  done < /proc/self/mountinfo
  exec "$@"`

/**
 * What PID 1 runs in front of Node; nothing where Node itself is PID 1.
 *
 * @type {Readonly<Record<Kind, readonly string[]>>}
 */
const inits = {
  'node-is-pid-1': [],
  'pid-1-does-not-reap': [init, 'waits-for-one'],
  'init-reaps': [init, 'reaps'],
  unprivileged: [],
  'read-only-cgroupfs': ['sh', '-c', mountReadOnly, 'sh'],
}

const kinds = /** @type {readonly Kind[]} */ (Object.keys(inits))

/**
 * @param {Kind} kind
 * @param {number} limit
 */
function containerCommand(kind, limit) {
  return [...namespaceCommand({ limit, privileged: kind !== 'unprivileged' }), ...inits[kind]]
}

/**
 * Runs `node script ...args` in a container. All of it ends with the script, and with the test.
 *
 * @param {Kind} kind
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {{ limit?: number, timeout?: number, env?: NodeJS.ProcessEnv }} [options]
 *   `limit` is a number of processes and threads, `timeout` milliseconds until all of them are killed
 */
function runIn(kind, script, args = [], { limit = 450, timeout = 60_000, env } = {}) {
  return runCommand([...containerCommand(kind, limit), process.execPath, script, ...args], { timeout, env })
}

/** @type {Map<Kind, string | false>} */
const reasons = new Map()

/**
 * Why a container cannot be had here, to be given to a test as `skip`; false where it can.
 *
 * @param {Kind} kind
 */
function whyNot(kind) {
  let reason = reasons.get(kind)
  if (reason === undefined) {
    const [file, ...args] = [...containerCommand(kind, 450), process.execPath, '--check', __filename]
    const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 10_000 })
    reason = status === 0 ? false : `no container '${kind}' here: ${error?.message ?? stderr.trim()}`
    reasons.set(kind, reason)
  }
  return reason
}

module.exports = { kinds, runIn, whyNot }

'use strict'
// A PID namespace of its own for tests that could hurt the machine: whatever they do ends with it.
const { spawn } = require('node:child_process')
const os = require('node:os')
const { text } = require('node:stream/consumers')

const isRoot = process.getuid?.() === 0

/** The first 300 numbers are handed out only once, so they do not count towards the limit. */
const RESERVED_PIDS = 300

/** `kernel.pid_max` belongs to the PID namespace since Linux 6.14, and to the whole machine before. */
function hasOwnPidMax() {
  const [major, minor] = os.release().split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 14)
}

/**
 * The command that starts another one inside a limit on processes. RLIMIT_NPROC does not hold for root, `pid_max` does.
 *
 * @param {number} limit
 */
function limitCommand(limit) {
  if (!isRoot || !hasOwnPidMax()) return ['prlimit', `--nproc=${limit}`]
  const script = `echo ${RESERVED_PIDS + limit} > /proc/sys/kernel/pid_max && exec "$@"`
  return ['sh', '-c', script, 'sh']
}

/**
 * The command that starts another one as PID 1 of a PID namespace and a session of its own, in which `/proc` shows
 * nobody else. The namespace ends with the thread that starts it, however that ends.
 *
 * @param {{ limit: number, privileged?: boolean }} options
 */
function namespaceCommand({ limit, privileged = true }) {
  const ordinaryUser = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const userNamespace = ['unshare', '--user', '--map-root-user']
  return [
    ...(isRoot && !privileged ? ordinaryUser : []),
    ...(isRoot && privileged ? [] : userNamespace),
    // After the user namespace, because a change of credentials clears it.
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['setsid', '-w', 'unshare', '--pid', '--fork', '--mount-proc', '--kill-child'],
    ...limitCommand(limit),
  ]
}

/**
 * Runs a command to its end.
 *
 * @param {readonly string[]} command
 * @param {{ timeout: number, env?: NodeJS.ProcessEnv }} options `timeout` is milliseconds until it is killed
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }>}
 */
async function runCommand([file, ...args], { timeout, env }) {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' })
  /** @type {Promise<[number | null, NodeJS.Signals | null]>} */
  const closed = new Promise((resolve, reject) => {
    child.once('close', (code, signal) => resolve([code, signal]))
    child.once('error', reject)
  })
  const [[code, signal], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, signal, stdout, stderr }
}

/**
 * Runs `node script ...args` as PID 1 of a PID namespace.
 *
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {{ limit?: number, timeout?: number, env?: NodeJS.ProcessEnv }} [options]
 *   `limit` is a number of processes and threads, `timeout` milliseconds until all of them are killed
 */
function runInPidNamespace(script, args = [], { limit = 450, timeout = 60_000, env } = {}) {
  return runCommand([...namespaceCommand({ limit }), process.execPath, script, ...args], { timeout, env })
}

module.exports = { namespaceCommand, runCommand, runInPidNamespace }

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
 * Runs `node script ...args` as PID 1 of a PID namespace and a session of its own, in which `/proc` shows nobody else.
 *
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {{ limit?: number, timeout?: number, env?: NodeJS.ProcessEnv }} [options]
 *   `limit` is a number of processes and threads, `timeout` milliseconds until all of them are killed
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }>}
 */
async function runInPidNamespace(script, args = [], { limit = 450, timeout = 60_000, env } = {}) {
  const user = isRoot ? [] : ['--user', '--map-root-user']
  const unshare = ['unshare', ...user, '--pid', '--fork', '--mount-proc', '--kill-child']
  const command = ['-w', ...unshare, ...limitCommand(limit), process.execPath, script, ...args]
  const child = spawn('setsid', command, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  })
  /** @type {Promise<[number | null, NodeJS.Signals | null]>} */
  const closed = new Promise((resolve, reject) => {
    child.once('close', (code, signal) => resolve([code, signal]))
    child.once('error', reject)
  })
  const [[code, signal], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, signal, stdout, stderr }
}

module.exports = { runInPidNamespace }

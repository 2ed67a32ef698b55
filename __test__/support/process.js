'use strict'
// What `/proc` says about processes, read synchronously.
const fs = require('node:fs')

/**
 * The fields of a stat file that follow the command name: state, parent, group, session and so on.
 * Split at the last parenthesis, because the name may hold any character.
 *
 * @param {string} file
 * @returns {string[] | null} null where the process is gone
 */
function readStat(file) {
  try {
    const stat = fs.readFileSync(file, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    return ignoreGone(error)
  }
}

/** @param {string} folder */
function readFolder(folder) {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    return ignoreGone(error) ?? []
  }
}

/** @param {unknown} error */
function ignoreGone(error) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error)
  if (code === 'ENOENT' || code === 'ESRCH') return null
  throw error
}

/**
 * State letter as in proc_pid_stat(5).
 *
 * @param {number} pid
 */
function stateOf(pid) {
  return readStat(`/proc/${pid}/stat`)?.[0] ?? null
}

/**
 * Neither gone nor a zombie. Every thread is asked, because a process whose main thread has exited shows as `Z`.
 *
 * @param {number} pid
 */
function isAlive(pid) {
  const threads = readFolder(`/proc/${pid}/task`)
  const states = threads.map((tid) => readStat(`/proc/${pid}/task/${tid}/stat`)?.[0] ?? 'X')
  return states.some((state) => state !== 'Z' && state !== 'X')
}

/** How many descriptors this process has open, without the one that the counting takes. */
function openDescriptors() {
  return fs.readdirSync('/proc/self/fd').length - 1
}

/** How many threads this process has. */
function threadCount() {
  return fs.readdirSync('/proc/self/task').length
}

/** Pids of the children of this process that have exited and were not waited for. */
function zombieChildren() {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    const [state, parent] = readStat(`/proc/${pid}/stat`) ?? []
    return state === 'Z' && Number(parent) === process.pid
  })
}

module.exports = { isAlive, stateOf, openDescriptors, threadCount, zombieChildren }

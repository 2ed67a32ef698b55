'use strict'
// A reader of `/proc` that shares no code with the package, to check it against.
const fs = require('node:fs')

/**
 * @param {number} pid
 * @returns {{ state: string, ppid: number, pgid: number, sid: number, startTime: number } | null} null where it is gone
 */
function statOf(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [ppid, pgid, sid] = fields.slice(1, 4).map(Number)
  return { state: fields[0], ppid, pgid, sid, startTime: Number(fields[19]) }
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    // EACCES: the environment of an undumpable process may not be read.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null
    throw error
  }
}

/** Every process number that can be seen. */
function listPids() {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** @param {number} parent */
function childrenOf(parent) {
  return listPids().filter((pid) => statOf(pid)?.ppid === parent)
}

/**
 * The processes whose environment names this owner.
 *
 * @param {number} owner
 */
function markedBy(owner) {
  const marker = new RegExp(`(^|\0)SUBREAPER_OWNER=[0-9a-f]{8}:${owner}:\\d+\0`)
  return listPids().filter((pid) => pid !== owner && marker.test(readIfThere(`/proc/${pid}/environ`) ?? ''))
}

/**
 * Ends what a failed test left behind, one exact number at a time.
 *
 * @param {readonly number[]} pids
 */
function killAll(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
    }
  }
}

module.exports = { statOf, childrenOf, markedBy, killAll, readIfThere }

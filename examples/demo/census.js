'use strict'

// Who is left, read from /proc without the package's help: a package that counts its own survivors proves nothing.

const { readdirSync, readFileSync } = require('node:fs')
const { setTimeout: delay } = require('node:timers/promises')

/** Environment variable that everything below an owner of the demo inherits. */
const MARKER = 'SUBREAPER_DEMO'

/** @typedef {{ pid: number, startTime: string }} Identity */

/**
 * Living processes whose environment carries the marker.
 *
 * @param {string} marker - the value, or how it begins
 * @returns {Identity[]}
 */
function takeCensus(marker) {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.flatMap((pid) => {
    const startTime = readStartTime(pid)
    const isOurs = isMarked(pid, marker)
    return isOurs && startTime && startTime === readStartTime(pid) ? [{ pid, startTime }] : []
  })
}

/**
 * @param {number} pid
 * @param {string} marker - the value, or how it begins
 * @returns {boolean} false for a zombie, which has no environment any more
 */
function isMarked(pid, marker) {
  return `\0${readProc(pid, 'environ')}`.includes(`\0${MARKER}=${marker}`)
}

/**
 * @param {number} pid
 * @returns {string | undefined} clock ticks since boot: with the pid, what tells a process from a later one
 */
function readStartTime(pid) {
  const stat = readProc(pid, 'stat')
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

/**
 * @param {readonly Identity[]} processes
 * @returns {number} bytes, with every shared page divided among those who share it (PSS)
 */
function readMemory(processes) {
  const kilobytes = processes.map(({ pid }) =>
    Number(/^Pss:\s+(\d+)/m.exec(readProc(pid, 'smaps_rollup'))?.[1] ?? 0),
  )
  return kilobytes.reduce((sum, each) => sum + each, 0) * 1024
}

/**
 * Waits until nobody is left, or nobody has come or gone for `quietMs`.
 *
 * @param {string} marker
 * @param {{ quietMs: number, deadlineMs: number }} limits
 * @returns {Promise<Identity[]>} who is left
 */
async function settle(marker, { quietMs, deadlineMs }) {
  const begin = performance.now()
  let left = takeCensus(marker)
  let changed = performance.now()
  while (left.length > 0 && performance.now() - changed < quietMs) {
    if (performance.now() - begin > deadlineMs)
      throw new Error(`the tree still changes after ${deadlineMs} ms`)
    await delay(25)
    const next = takeCensus(marker)
    if (String(next.map(toKey)) !== String(left.map(toKey))) changed = performance.now()
    left = next
  }
  return left
}

/** @param {Identity} identity */
function toKey({ pid, startTime }) {
  return `${pid}:${startTime}`
}

/**
 * @param {number} pid
 * @param {string} file
 * @returns {string} empty for a process that is gone or is somebody else's
 */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return ''
    throw error
  }
}

module.exports = { MARKER, takeCensus, isMarked, readStartTime, readMemory, settle }

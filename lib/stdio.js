'use strict'
// The stdio option: what the command is given, and the streams on our side.

const net = require('node:net')
const { inspect } = require('node:util')
const { codedError, invalidValue } = require('./errors.js')

/** What the addon takes for a pipe, for /dev/null, and for no descriptor at all. */
const PIPE = -1
const IGNORE = -2
const CLOSED = -3
/** A descriptor that nobody can have open. */
const NOT_OPEN = 2 ** 31 - 1

/**
 * @typedef {object} Entry
 * @property {number} native - For the addon: a descriptor, PIPE, IGNORE or CLOSED.
 * @property {any} [stream] - A stream whose descriptor the command takes over.
 */

/**
 * @param {unknown} stdio
 * @returns {Entry[]}
 */
function parseStdio(stdio) {
  const list = typeof stdio === 'string' ? expand(stdio) : stdio
  if (!Array.isArray(list)) throw invalidValue('stdio', stdio)
  const entries = [...list]
  while (entries.length < 3) entries.push(undefined)
  return entries.map(parseEntry)
}

/** @param {string} word */
function expand(word) {
  if (word === 'inherit') return [0, 1, 2]
  if (word === 'pipe' || word === 'ignore' || word === 'overlapped') return [word, word, word]
  throw word === 'ipc' ? noChannel() : invalidValue('stdio', word)
}

/**
 * @param {any} entry
 * @param {number} index
 * @returns {Entry}
 */
function parseEntry(entry, index) {
  if (entry === undefined || entry === null) return { native: index < 3 ? PIPE : CLOSED }
  if (entry === 'pipe' || entry === 'overlapped') return { native: PIPE }
  if (entry === 'ignore') return { native: index < 3 ? IGNORE : CLOSED }
  if (entry === 'inherit') return { native: index }
  if (entry === 'ipc') throw noChannel()
  // As in child_process, a negative number is no descriptor but a pipe.
  if (typeof entry === 'number') return { native: entry < 0 ? PIPE : toDescriptor(entry) }
  if (typeof entry?.fd === 'number') return { native: toDescriptor(entry.fd) }
  const handle = entry?.handle ?? entry?._handle ?? entry
  if (typeof handle?.fd === 'number') return { native: toDescriptor(handle.fd), stream: entry }
  if (typeof entry === 'string' || ArrayBuffer.isView(entry)) {
    const message = `Asynchronous forks do not support Buffer, TypedArray, DataView or string input: ${inspect(entry)}`
    throw codedError(TypeError, 'ERR_INVALID_SYNC_FORK_INPUT', message)
  }
  throw invalidValue('stdio', entry)
}

function noChannel() {
  const instead = "has no 'ipc' here: use an extra 'pipe', or child_process.fork where the channel is needed"
  return invalidValue('stdio', 'ipc', instead)
}

/** @param {number} fd */
function toDescriptor(fd) {
  // The addon finds out that it is not open, as the kernel would.
  return Number.isInteger(fd) && fd >= 0 && fd < NOT_OPEN ? fd : NOT_OPEN
}

/**
 * Streams that the command reads from by now must not be read from here.
 *
 * @param {Entry[]} entries
 */
function handOver(entries) {
  for (const { stream } of entries) {
    const handle = stream?._handle
    if (typeof handle?.readStop !== 'function') continue
    handle.reading = false
    handle.readStop()
    stream.pause()
  }
}

/**
 * @param {number[]} pipes - Our ends, by index; -1 where there is none.
 * @returns {(net.Socket | null)[]}
 */
function openStreams(pipes) {
  return pipes.map((fd, index) =>
    fd === -1 ? null : new net.Socket({ fd, readable: index > 0, writable: true }),
  )
}

module.exports = { parseStdio, handOver, openStreams }

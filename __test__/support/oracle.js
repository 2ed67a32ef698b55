'use strict'
// Who is left of a tree, told by a pipe that all of it inherited: `/proc` can miss a process that moves, EOF cannot.
const { within } = require('./deadline.js')

/** @typedef {import('node:stream').Readable} Readable */

/**
 * Resolves at EOF: no process holds the other end of the pipe any more. Rejects where the stream was closed before,
 * because that proves nothing.
 *
 * @param {Readable} stream
 * @param {number} [ms]
 * @returns {Promise<void>}
 */
function emptied(stream, ms = 10_000) {
  const ended = new Promise((resolve, reject) => {
    const judge = () =>
      stream.readableEnded ? resolve(undefined) : reject(new Error('closed before its EOF'))
    if (stream.readableEnded || stream.destroyed) return judge()
    stream.once('end', judge)
    stream.once('close', judge)
    stream.once('error', reject)
    stream.resume()
  })
  return within(ended, ms, 'EOF of the pipe that the tree inherited')
}

/**
 * Resolves when `n` bytes have been read in total; each member of a shape writes one when it is in place.
 * The stream goes on flowing, so that its EOF is not held up behind bytes nobody reads.
 *
 * @param {Readable} stream
 * @param {number} n
 * @param {number} [ms]
 * @returns {Promise<void>}
 */
function settled(stream, n, ms = 10_000) {
  let seen = 0
  const counted = new Promise((resolve, reject) => {
    stream.on('data', (bytes) => {
      seen += bytes.length
      if (seen >= n) resolve(undefined)
    })
    stream.once('error', reject)
    stream.once('end', () => reject(new Error(`the tree ended after ${seen} of ${n} members had settled`)))
  })
  return within(counted, ms, `${n} members in place`)
}

module.exports = { emptied, settled }

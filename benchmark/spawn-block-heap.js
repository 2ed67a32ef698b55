'use strict'
// One size of spawn-block: `spawn-block-heap.js GIBIBYTES STDIO ROUNDS`; prints the samples as JSON.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { interleave, millisecondsSince } = require('./measure.js')
const { spawnDetached } = require('..')

/** Buffers of which every page has been written to, so that all of it is resident. @param {number} bytes */
function occupy(bytes) {
  const chunk = 2 ** 20
  return Array.from({ length: Math.floor(bytes / chunk) }, () => {
    const buffer = Buffer.allocUnsafeSlow(chunk)
    for (let offset = 0; offset < chunk; offset += 4096) buffer[offset] = 1
    return buffer
  })
}

/** @param {import('node:child_process').ChildProcess | import('..').DetachedProcess} child */
async function closed(child) {
  child.stdout?.resume()
  child.stderr?.resume()
  await once(child, 'close')
}

async function main() {
  const [gibibytes, stdio, rounds] = process.argv.slice(2)
  const options = { stdio: /** @type {'ignore' | 'pipe'} */ (stdio) }
  const held = occupy(Number(gibibytes) * 2 ** 30)
  const residentBytes = process.memoryUsage.rss()
  const samples = await interleave(Number(rounds), {
    spawn: async () => {
      const start = process.hrtime.bigint()
      const child = spawn('/bin/true', { ...options, detached: true })
      const blocked = millisecondsSince(start)
      await closed(child)
      return blocked
    },
    spawnDetached: async () => {
      const start = process.hrtime.bigint()
      const child = spawnDetached('/bin/true', [], options)
      const blocked = millisecondsSince(start)
      await Promise.all([closed(child), child.groupExited])
      return blocked
    },
  })
  // Read at the end too, so that the memory cannot be collected before the last spawn.
  if (held.some((buffer) => buffer[0] !== 1)) throw new Error('memory was not held')
  console.log(JSON.stringify({ residentBytes, ...samples }))
}

main()

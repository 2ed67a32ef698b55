'use strict'
// From the first signal to the verified end of a wide tree, against killpg(2) and waits in C.
const { execFileSync } = require('node:child_process')
const { once } = require('node:events')
const {
  cell,
  goal,
  interleave,
  median,
  millisecondsSince,
  program,
  publish,
  roundsAsked,
} = require('./measure.js')
const { spawnDetached } = require('..')

const WIDTH = 300

/** Milliseconds of the C program. */
function killpg() {
  return Number(execFileSync(program('killpg'), [String(WIDTH)], { encoding: 'utf8' })) / 1000
}

/** Milliseconds until the promise is resolved, and until the pipe that the whole tree holds has ended. */
async function terminate() {
  const child = spawnDetached(program('wide'), [String(WIDTH)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stdout = /** @type {import('node:stream').Readable} */ (child.stdout)
  await once(stdout, 'data', { signal: AbortSignal.timeout(30_000) })
  const start = process.hrtime.bigint()
  const ended = once(stdout, 'end', { signal: AbortSignal.timeout(30_000) }).then(() =>
    millisecondsSince(start),
  )
  const report = await child.terminate()
  const resolved = millisecondsSince(start)
  if (report.outcome !== 'exited') throw new Error(`terminate: ${JSON.stringify(report)}`)
  return { resolved, ended: await ended, signalled: report.signalled }
}

async function main() {
  /** @type {number[]} */
  const pipeEnds = []
  let signalled = 0
  const rounds = roundsAsked(25)
  const samples = await interleave(rounds, {
    killpg,
    terminate: async () => {
      const result = await terminate()
      pipeEnds.push(result.ended)
      signalled = result.signalled
      return result.resolved
    },
  })
  pipeEnds.shift()
  const ratio = median(samples.terminate) / median(samples.killpg)
  const row = {
    processes: String(WIDTH + 1),
    rounds: String(rounds),
    'killpg and waits, C': cell(samples.killpg),
    'terminate()': cell(samples.terminate),
    'its pipe ended': cell(pipeEnds),
    ratio: ratio.toFixed(2),
    goal: goal('≤ 1.5', ratio <= 1.5),
  }
  const data = { ...samples, pipeEnds, signalled }
  publish('terminate-wide', 'first signal to verified end of a wide tree', [row], data)
}

main()

'use strict'
// What is left in this process after many spawns and terminations. Exits 1 when anything is.
const { goal, publish, roundsAsked } = require('./measure.js')
const { sameHoldings, settledHoldings } = require('./holdings.js')
const { spawnDetached } = require('..')

const LANES = 4
const FIRST = 100

async function cycle() {
  const child = spawnDetached('sleep', ['1000'], { stdio: 'ignore' })
  const report = await child.terminate()
  if (report.outcome !== 'exited') throw new Error(`terminate: ${JSON.stringify(report)}`)
}

/** @param {number} count */
async function runCycles(count) {
  let started = 0
  const lane = async () => {
    while (started < count) {
      started++
      await cycle()
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** @param {number} cycles */
async function sample(cycles) {
  const held = await settledHoldings()
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  return { cycles, held, residentBytes: process.memoryUsage.rss() }
}

/** @typedef {Awaited<ReturnType<typeof sample>>} Sample */

/** @param {Sample} now @param {string} verdict */
function row({ cycles, held, residentBytes }, verdict) {
  return {
    cycles: String(cycles),
    descriptors: String(held.descriptors),
    threads: String(held.threads),
    children: String(held.children),
    zombies: String(held.zombies),
    resident: `${(residentBytes / 2 ** 20).toFixed(1)} MiB`,
    goal: verdict,
  }
}

async function main() {
  const total = roundsAsked(10_000)
  if (total < FIRST) throw new RangeError(`at least ${FIRST} cycles`)
  const before = await sample(0)
  const tenths = Array.from({ length: 10 }, (_, index) => Math.round((total * (index + 1)) / 10))
  const marks = [FIRST, ...tenths.filter((mark) => mark > FIRST)]
  /** @type {Sample[]} */
  const samples = []
  const start = Date.now()
  let done = 0
  for (const mark of marks) {
    await runCycles(mark - done)
    done = mark
    samples.push(await sample(done))
  }
  const seconds = (Date.now() - start) / 1000

  const [baseline] = samples
  const warm = samples.find(({ cycles }) => cycles >= total / 5) ?? baseline
  const growth = samples[samples.length - 1].residentBytes / warm.residentBytes - 1
  const same = samples.every(({ held }) => sameHoldings(held, baseline.held))
  const flat = growth <= 0.1
  const rows = [
    row(before, ''),
    ...samples.slice(0, -1).map((now) => row(now, '')),
    row(samples[samples.length - 1], `${goal('same', same)}; ${goal('resident + ≤ 10 %', flat)}`),
  ]
  publish('cycles', `${total} times spawn and terminate, ${LANES} at once`, rows, {
    before,
    samples,
    seconds,
  })
  console.log(
    `\n${seconds.toFixed(1)} s; resident ${(growth * 100).toFixed(1)} % over ${warm.cycles} cycles' mark`,
  )
  if (!same || !flat) process.exitCode = 1
}

main()

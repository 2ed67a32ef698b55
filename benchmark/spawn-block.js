'use strict'
// How long one synchronous spawn call keeps the event loop from doing anything else.
const { execFileSync } = require('node:child_process')
const os = require('node:os')
const path = require('node:path')
const { cell, goal, median, publish, roundsAsked } = require('./measure.js')

const GIB = 2 ** 30
const cases = [
  { gibibytes: 0, stdio: 'ignore', rounds: 200, wanted: 1 },
  { gibibytes: 0, stdio: 'pipe', rounds: 200 },
  { gibibytes: 1, stdio: 'ignore', rounds: 40, wanted: 30 },
  { gibibytes: 1.5, stdio: 'ignore', rounds: 40, wanted: 30 },
  { gibibytes: 4, stdio: 'ignore', rounds: 20, wanted: 100 },
]

/** @param {number} factor @param {number} wanted */
function verdict(factor, wanted) {
  return goal(wanted === 1 ? 'not slower' : `≥ ${wanted}× less`, factor >= wanted)
}

/** @type {import('./measure.js').Row[]} */
const rows = []
const data = []
for (const { gibibytes, stdio, rounds, wanted } of cases) {
  const needed = gibibytes * 1.2 * GIB + 0.25 * GIB
  if (os.freemem() < needed) {
    const skipped = `needs ${(needed / GIB).toFixed(1)} GiB free, there are ${(os.freemem() / GIB).toFixed(1)}`
    console.log(`spawn-block: skipped ${gibibytes} GiB resident: ${skipped}`)
    data.push({ gibibytes, stdio, skipped })
    continue
  }
  // A fresh process for each size: memory once freed would still be in the page tables.
  const script = path.join(__dirname, 'spawn-block-heap.js')
  const args = [script, String(gibibytes), stdio, String(roundsAsked(rounds))]
  const output = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  /** @type {{ residentBytes: number, spawn: number[], spawnDetached: number[] }} */
  const result = JSON.parse(output)
  const factor = median(result.spawn) / median(result.spawnDetached)
  rows.push({
    resident: `${(result.residentBytes / GIB).toFixed(2)} GiB`,
    stdio,
    'child_process.spawn': cell(result.spawn),
    spawnDetached: cell(result.spawnDetached),
    less: `${factor.toFixed(1)}×`,
    goal: wanted === undefined ? '' : verdict(factor, wanted),
  })
  data.push({ gibibytes, stdio, ...result })
}
publish('spawn-block', 'event loop blocked by one spawn of /bin/true', rows, data)

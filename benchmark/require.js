'use strict'
// What loading the package costs, in time and in threads.
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { cell, goal, interleave, median, publish, roundsAsked } = require('./measure.js')

/**
 * @param {string} module
 * @param {...string} more
 * @returns {{ milliseconds: number, required: number, spawned: number }}
 */
function probe(module, ...more) {
  const script = path.join(__dirname, 'require-probe.js')
  return JSON.parse(execFileSync(process.execPath, [script, module, ...more], { encoding: 'utf8' }))
}

async function main() {
  const rounds = roundsAsked(30)
  const empty = path.join(__dirname, 'empty.js')
  const root = path.dirname(__dirname)
  const samples = await interleave(rounds, {
    empty: () => probe(empty).milliseconds,
    subreaper: () => probe(root).milliseconds,
  })
  const threads = probe(root, 'spawn')
  const met = median(samples.subreaper) <= 3 && threads.required === 0 && threads.spawned === 1
  const row = {
    rounds: String(rounds),
    'an empty module': cell(samples.empty),
    subreaper: cell(samples.subreaper),
    'threads more after require': String(threads.required),
    'after the first spawn': String(threads.spawned),
    goal: goal('≤ 3 ms, 0, 1', met),
  }
  publish('require', "require('subreaper') in a fresh process", [row], { ...samples, threads })
}

main()

'use strict'
// Every shape many times over: `soak.js [TRIALS] [SHAPE…]`. Prints a Markdown table; exits with 1 where anything failed.
const { performance } = require('node:perf_hooks')
const { pickShapes, shapes } = require('./shapes/cases.js')
const { findFaults } = require('./shapes/report.js')
const { emptied } = require('./support/oracle.js')
const { startShape } = require('./support/shape.js')

/** @typedef {import('./shapes/cases.js').Shape} Shape */
/** @typedef {{ survived: boolean, faults: string[], ms: number }} Trial */

const AT_A_TIME = 4

/**
 * @param {Shape} shape
 * @returns {Promise<Trial>}
 */
async function tryOnce(shape) {
  const { child, tree } = await startShape(shape.name, { containment: 'subreaper' })
  const began = performance.now()
  let ended = Number.NaN
  tree.once('end', () => {
    ended = performance.now()
  })
  const report = await child.terminate({ forceKillAfterDelay: 300 })
  const survived = await emptied(tree, 1000).then(
    () => false,
    () => true,
  )
  child[Symbol.dispose]()
  return { survived, faults: findFaults(shape, report), ms: ended - began }
}

/**
 * @param {Shape} shape
 * @param {number} count
 */
async function tryOften(shape, count) {
  /** @type {Trial[]} */
  const trials = []
  let left = count
  const tryRest = async () => {
    while (left-- > 0) trials.push(await tryOnce(shape))
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, tryRest))
  return trials
}

/**
 * @param {Shape} shape
 * @param {readonly Trial[]} trials
 * @returns {boolean} whether all went well
 */
function printRow(shape, trials) {
  const survivors = trials.filter(({ survived }) => survived).length
  const wrong = trials.filter(({ faults }) => faults.length > 0)
  const times = trials.map(({ ms }) => ms).filter((ms) => !Number.isNaN(ms))
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)]?.toFixed(1)
  const worst = times.at(-1)?.toFixed(1)
  console.log(`| ${shape.name} | ${trials.length} | ${survivors} | ${wrong.length} | ${median} | ${worst} |`)
  for (const fault of new Set(wrong.flatMap(({ faults }) => faults))) console.error(`${shape.name}: ${fault}`)
  return survivors === 0 && wrong.length === 0
}

async function main() {
  const [count = '100', ...names] = process.argv.slice(2)
  console.log('| shape | trials | survivors | wrong reports | median ms | worst ms |')
  console.log('| --- | --: | --: | --: | --: | --: |')
  for (const shape of names.length > 0 ? pickShapes(names) : shapes) {
    const isWell = printRow(shape, await tryOften(shape, Number(count)))
    if (!isWell) process.exitCode = 1
  }
}

main()

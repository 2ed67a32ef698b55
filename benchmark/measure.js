'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { machine } = require('./machine.js')

/** @typedef {Record<string, string>} Row - one line of a table: cells by column name */

/** Milliseconds since a `process.hrtime.bigint()`. @param {bigint} start */
function millisecondsSince(start) {
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** @param {readonly number[]} samples @param {number} q - from 0 to 1 */
function quantile(samples, q) {
  const sorted = samples.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const below = Math.floor(position)
  const above = Math.ceil(position)
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
}

/** @param {readonly number[]} samples */
function median(samples) {
  return quantile(samples, 0.5)
}

/**
 * Runs the contestants in turn, in alternating order, so that drift of the machine meets all of them alike.
 * One round more than asked for goes first, and is not counted.
 * @template {string} Name
 * @param {number} rounds
 * @param {Record<Name, () => number | Promise<number>>} contestants - each gives one sample
 * @returns {Promise<Record<Name, number[]>>}
 */
async function interleave(rounds, contestants) {
  const names = /** @type {Name[]} */ (Object.keys(contestants))
  const samples = /** @type {Record<Name, number[]>} */ ({})
  for (const name of names) samples[name] = []
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await contestants[name]()
      if (round > 0) samples[name].push(sample)
    }
  }
  return samples
}

/** Median and 90th percentile, as a cell. @param {readonly number[]} samples - milliseconds */
function cell(samples) {
  return `${median(samples).toFixed(3)} ms (p90 ${quantile(samples, 0.9).toFixed(3)})`
}

/** @param {string} text @param {boolean} met */
function goal(text, met) {
  return `${text}: ${met ? 'met' : 'MISSED'}`
}

/** An aligned Markdown table. @param {readonly Row[]} rows */
function table(rows) {
  const columns = Object.keys(rows[0])
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)))
  /** @param {readonly string[]} cells */
  const line = (cells) => `| ${cells.map((text, index) => text.padEnd(widths[index])).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(columns), rule, ...rows.map((row) => line(columns.map((column) => row[column])))].join('\n')
}

/**
 * Prints a table, and keeps it with the numbers behind it in `results/<name>.json`.
 * @param {string} name
 * @param {string} title
 * @param {readonly Row[]} rows
 * @param {unknown} data
 */
function publish(name, title, rows, data) {
  console.log(`\n## ${name}: ${title}\n\n${table(rows)}`)
  const folder = path.join(__dirname, 'results')
  fs.mkdirSync(folder, { recursive: true })
  const result = { name, title, machine: machine(), rows, data }
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

/** Path of a compiled C program of this folder. @param {string} name */
function program(name) {
  return path.join(__dirname, 'bin', name)
}

/** How often to measure: the script's argument. @param {number} standard */
function roundsAsked(standard) {
  const rounds = Number(process.argv[2] ?? standard)
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError(`not a count: ${process.argv[2]}`)
  return rounds
}

module.exports = {
  cell,
  goal,
  interleave,
  median,
  millisecondsSince,
  program,
  publish,
  quantile,
  roundsAsked,
}

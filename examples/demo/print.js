'use strict'

const { basename } = require('node:path')
const { listProcesses } = require('../..')

/** What each program does that makes it hard to end. */
const REMARKS = new Map([
  ['watcher.js', 'ignores SIGTERM'],
  ['browser.js', 'called setsid'],
  ['cache-daemon.js', 'forked twice, as daemons do'],
])

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR

/** @typedef {import('./census.js').Identity} Identity */
/** @typedef {import('../..').ProcessInfo} ProcessInfo */

/**
 * Draws processes as a tree, as `listProcesses()` sees them.
 *
 * @param {readonly Identity[]} identities
 */
function printTree(identities) {
  const keys = new Set(identities.map(({ pid, startTime }) => `${pid}:${startTime}`))
  const processes = listProcesses().filter(({ pid, startTime }) => keys.has(`${pid}:${startTime}`))
  const pids = new Set(processes.map(({ pid }) => pid))
  for (const root of processes.filter(({ ppid }) => !pids.has(ppid))) {
    const parent = root.ppid === process.pid ? '' : `its parent is now PID ${root.ppid}`
    printBranch(root, processes, { indent: '     ', branch: '', below: '', parent })
  }
}

/**
 * @param {ProcessInfo} process_
 * @param {readonly ProcessInfo[]} all
 * @param {{ indent: string, branch: string, below: string, parent: string }} position
 */
function printBranch(process_, all, { indent, branch, below, parent }) {
  const command = toCommand(process_.argv)
  const remarks = [REMARKS.get(command.split(' ').at(-1) ?? ''), parent].filter(Boolean).join('; ')
  console.log(`${indent}${branch}${command}${remarks && dim(`  ${remarks}`)}`)
  const children = all.filter(({ ppid }) => ppid === process_.pid)
  for (const [index, child] of children.entries()) {
    const isLast = index === children.length - 1
    const lines = isLast ? { branch: '└─ ', below: '   ' } : { branch: '├─ ', below: '│  ' }
    printBranch(child, all, { indent: indent + below, ...lines, parent: '' })
  }
}

/** @param {readonly string[]} argv */
function toCommand(argv) {
  const words = argv.map((word) => (word.startsWith('/') ? basename(word) : word))
  const command = words.join(' ').trim()
  return command.length > 60 ? `${command.slice(0, 59)}…` : command
}

/**
 * Prints rows as columns; the first column is text and left-aligned, the others are figures.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows - a row with one cell is a heading
 */
function printTable(head, rows) {
  const full = [head, ...rows].filter((row) => row.length > 1)
  const widths = head.map((_, column) => Math.max(...full.map((row) => row[column].length)))
  const layOut = (/** @type {readonly string[]} */ row) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column] + 2) : cell.padEnd(widths[0]))).join('')
  console.log(bold(layOut(head)))
  for (const row of rows) console.log(row.length > 1 ? layOut(row) : row[0])
}

/** @param {string} text */
function bold(text) {
  return isColoured ? `\x1b[1m${text}\x1b[0m` : text
}

/** @param {string} text */
function dim(text) {
  return isColoured ? `\x1b[2m${text}\x1b[0m` : text
}

module.exports = { printTree, printTable, toCommand, bold, dim }

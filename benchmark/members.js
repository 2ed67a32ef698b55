'use strict'
// One reading of /proc with many processes, against a loop in C.
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
const { listProcesses, spawnDetached } = require('..')

const PROCESSES = 1500

/** Milliseconds of one pass of the C program. @param {'stat' | 'all'} files */
function scan(files) {
  const [microseconds, seen] = execFileSync(program('scan'), [files], { encoding: 'utf8' }).split(' ')
  if (Number(seen) < PROCESSES) throw new Error(`scan.c saw ${seen} processes`)
  return Number(microseconds) / 1000
}

/** @param {() => readonly unknown[]} list */
function timed(list) {
  const start = process.hrtime.bigint()
  const found = list()
  const milliseconds = millisecondsSince(start)
  if (found.length < PROCESSES) throw new Error(`saw ${found.length} of ${PROCESSES} processes`)
  return milliseconds
}

async function main() {
  const rounds = roundsAsked(20)
  const width = String(PROCESSES - 1)
  const child = spawnDetached(program('wide'), [width], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stdout = /** @type {import('node:stream').Readable} */ (child.stdout)
  try {
    await once(stdout, 'data', { signal: AbortSignal.timeout(60_000) })
    const samples = await interleave(rounds, {
      stat: () => scan('stat'),
      all: () => scan('all'),
      listProcesses: () => timed(() => listProcesses()),
      members: () => timed(() => child.members()),
    })
    /** @param {string} reader @param {number[]} times @param {string} verdict */
    const row = (reader, times, verdict) => ({
      reader,
      time: cell(times),
      'against stat': (median(times) / median(samples.stat)).toFixed(2),
      'against all': (median(times) / median(samples.all)).toFixed(2),
      goal: verdict,
    })
    const ratio = median(samples.listProcesses) / median(samples.stat)
    const rows = [
      row('C, stat of each', samples.stat, ''),
      row('C, all files of each', samples.all, ''),
      row('listProcesses()', samples.listProcesses, goal('≤ 2 × stat', ratio <= 2)),
      row('members()', samples.members, ''),
    ]
    publish('members', `one reading of /proc with ${PROCESSES} processes more`, rows, samples)
  } finally {
    await child.terminate()
  }
}

main()

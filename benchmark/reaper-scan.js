'use strict'
// What a full scan of the reaper costs: its thread against a loop in C, the event loop, and the thread between scans.
const { execFileSync } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { setTimeout: delay } = require('node:timers/promises')
const { cell, goal, interleave, median, program, publish, roundsAsked } = require('./measure.js')
const { spawnDetached, startReaper } = require('..')

const PROCESSES = 2000
/** Markers of processes that are younger than a second are read anew each time. */
const SETTLED_MS = 1500
const DELAY_MS = 4000
const IDLE_MS = 20_000
/** The reaper looks once more two seconds after a child was started. */
const QUIET_MS = 2500
/** Longer than this program runs. */
const NEVER_MS = 600_000

/** @typedef {import('..').Reaper} Reaper */

/** Milliseconds of one pass of the C program over the stat files. */
function scanInC() {
  const [microseconds, seen] = execFileSync(program('scan'), ['stat'], { encoding: 'utf8' }).split(' ')
  if (Number(seen) < PROCESSES) throw new Error(`scan.c saw ${seen} processes`)
  return Number(microseconds) / 1000
}

/** @param {import('..').ScanStats} stats */
function durationOf({ processes, durationMs }) {
  if (processes < PROCESSES) throw new Error(`the reaper saw ${processes} of ${PROCESSES} processes`)
  return durationMs
}

/**
 * How late the event loop's turns come, sampled each millisecond.
 *
 * @param {(isOver: () => boolean) => Promise<void>} [load]
 */
async function loopDelay(load) {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  let over = false
  histogram.enable()
  const loaded = load?.(() => over)
  await delay(DELAY_MS)
  histogram.disable()
  over = true
  await loaded
  const [p50, p99] = [50, 99].map((percentile) => histogram.percentile(percentile) / 1e6)
  return { p50, p99, max: histogram.max / 1e6 }
}

/** How often the reaper's thread has gone to sleep by itself. */
function sleeps() {
  const tasks = fs.readdirSync('/proc/self/task')
  const named = tasks.filter(
    (tid) => fs.readFileSync(`/proc/self/task/${tid}/comm`, 'latin1') === 'subreaper\n',
  )
  if (named.length !== 1) throw new Error(`${named.length} threads are named subreaper`)
  const status = fs.readFileSync(`/proc/self/task/${named[0]}/status`, 'latin1')
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1])
}

/** @param {Reaper} reaper */
async function measure(reaper) {
  const [stats] = await once(reaper, 'scan', { signal: AbortSignal.timeout(30_000) })
  const first = durationOf(stats)
  const samples = await interleave(roundsAsked(40), {
    C: scanInC,
    scan: async () => durationOf(await reaper.scan()),
  })
  const quiet = await loopDelay()
  let scans = 0
  const scanned = await loopDelay(async (isOver) => {
    for (; !isOver(); scans++) await reaper.scan()
  })
  await delay(QUIET_MS)
  const before = sleeps()
  await delay(IDLE_MS)
  return { first, samples, quiet, scanned, scans, switches: sleeps() - before }
}

/** @param {Awaited<ReturnType<typeof measure>>} measured */
function show({ first, samples, quiet, scanned, scans, switches }) {
  const ratio = median(samples.scan) / median(samples.C)
  /** @param {{ p50: number, p99: number, max: number }} delays */
  const delays = ({ p50, p99, max }) =>
    `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, max ${max.toFixed(2)} ms`
  const rows = [
    { what: 'C, stat of each', measured: cell(samples.C), goal: '' },
    { what: 'first scan', measured: `${first.toFixed(3)} ms`, goal: '' },
    { what: 'later scans', measured: cell(samples.scan), goal: '' },
    { what: 'later scans against C', measured: ratio.toFixed(2), goal: goal('≤ 2', ratio <= 2) },
    { what: 'event loop delay without scans', measured: delays(quiet), goal: '' },
    { what: `the same with ${scans} scans, one after another`, measured: delays(scanned), goal: '' },
    {
      what: `voluntary context switches of the thread in ${IDLE_MS / 1000} idle seconds`,
      measured: String(switches),
      goal: goal('0', switches === 0),
    },
  ]
  const data = { ...samples, first, quiet, scanned, scans, switches }
  publish('reaper-scan', `the reaper with ${PROCESSES} sleeping processes`, rows, data)
}

async function main() {
  const width = String(PROCESSES - 1)
  const child = spawnDetached(program('wide'), [width], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const stdout = /** @type {import('node:stream').Readable} */ (child.stdout)
    await once(stdout, 'data', { signal: AbortSignal.timeout(60_000) })
    await delay(SETTLED_MS)
    // It must find nothing to do, and on a machine where there is something it does nothing about it.
    const reaper = startReaper({ intervalMs: NEVER_MS, gracePeriodMs: NEVER_MS, dryRun: true })
    show(await measure(reaper))
    await reaper.stop()
  } finally {
    await child.terminate()
  }
}

main()

'use strict'

// The server is started as most programs start theirs, and a reaper beside it looks after what it loses.

const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { MARKER, isMarked } = require('../census.js')
const { toCommand } = require('../print.js')
// In a program of your own this is require('subreaper').
const { startReaper } = require('../../..')

/** Long enough for the whole tree to be up before the daemon, an orphan from the start, is ended. */
const ORPHAN_GRACE_MS = 2000
const INTERVAL_MS = 500

/**
 * @param {string} file
 * @param {string[]} args
 * @param {number} graceMs
 */
function start(file, args, graceMs) {
  const demo = String(process.env[MARKER])
  const reaper = startReaper({
    gracePeriodMs: ORPHAN_GRACE_MS,
    intervalMs: INTERVAL_MS,
    forceKillAfterDelay: graceMs,
    // The dead of other programs may have left something on this machine too, and a demo has no business with that.
    match: ({ pid }) => isMarked(pid, demo),
  })
  // Once the server is dead, nothing else keeps this program running.
  reaper.ref()
  reaper.on('orphan', (orphan) => tell('orphan', nameOf(orphan)))
  reaper.on('killed', (orphan, { outcome, signalled, forceKilled }) => {
    tell('killed', `${nameOf(orphan)}: '${outcome}', ${signalled} signalled, ${forceKilled} killed`)
  })
  reaper.on('reaped', ({ pid, code, signal }) =>
    tell('reaped', `PID ${pid}, ${signal ?? `exit code ${code}`}`),
  )

  const server = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })

  return async function end() {
    const exited = once(server, 'exit')
    server.kill('SIGKILL')
    await exited
    tell('server', 'is killed with SIGKILL, and its tree has lost its parent')
    let { orphans } = await reaper.scan()
    while (orphans > 0) [{ orphans }] = await once(reaper, 'scan')
    await reaper.stop()
    const { orphansSeen, orphansKilled, orphansEscaped, zombiesReaped } = reaper.stats
    return (
      `the reaper has seen ${orphansSeen} orphans, ended ${orphansKilled}, failed to end ${orphansEscaped}, ` +
      `and collected ${zombiesReaped} zombies`
    )
  }
}

/** @param {import('../../..').ProcessInfo} process_ */
function nameOf({ pid, comm, argv }) {
  return `${argv.length > 0 ? toCommand(argv) : comm} (PID ${pid})`
}

/**
 * @param {string} event
 * @param {string} text
 */
function tell(event, text) {
  console.log(`event ${(performance.now() / 1000).toFixed(1)} s  ${event}  ${text}`)
}

module.exports = { start }

'use strict'
// From the end of the last process of a tree to the code that awaits it.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { text } = require('node:stream/consumers')
const { cell, goal, interleave, median, program, publish, roundsAsked } = require('./measure.js')
const { spawnDetached } = require('..')

/** @type {['ignore', 'ignore', 'inherit', 'pipe']} */
const stdio = ['ignore', 'ignore', 'inherit', 'pipe']

/**
 * Both clocks are CLOCK_MONOTONIC.
 * @param {import('node:child_process').ChildProcess | import('..').DetachedProcess} child
 * @param {Promise<unknown>} ended
 */
async function latency(child, ended) {
  const written = text(/** @type {import('node:stream').Readable} */ (child.stdio[3]))
  const seen = await ended.then(() => process.hrtime.bigint())
  const last = await written
  if (!/^\d+$/.test(last)) throw new Error(`no time from the last process: ${JSON.stringify(last)}`)
  return Number(seen - BigInt(last)) / 1e6
}

async function main() {
  const rounds = roundsAsked(50)
  const samples = await interleave(rounds, {
    exit: () => {
      const child = spawn(program('last'), ['leader'], { stdio, detached: true })
      return latency(child, once(child, 'exit'))
    },
    leader: () => {
      const child = spawnDetached(program('last'), ['leader'], { stdio })
      return latency(child, child.groupExited)
    },
    orphan: () => {
      const child = spawnDetached(program('last'), ['orphan'], { stdio })
      return latency(child, child.groupExited)
    },
  })
  /** @param {string} last @param {string} awaited @param {number[]} times @param {string} verdict */
  const row = (last, awaited, times, verdict) => ({
    last,
    awaited,
    rounds: String(rounds),
    latency: cell(times),
    goal: verdict,
  })
  /** @param {number[]} times */
  const verdict = (times) => goal('≤ 2 ms', median(times) <= 2)
  const rows = [
    row('leader', "child_process 'exit'", samples.exit, ''),
    row('leader', 'groupExited', samples.leader, verdict(samples.leader)),
    row('orphan in its own session', 'groupExited', samples.orphan, verdict(samples.orphan)),
  ]
  publish('exit-latency', 'last exit of the tree to the awaiting code', rows, samples)
}

main()

'use strict'
// What the handle promises.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { bootId, run } = require('./run.js')

const kind = 'pid-1-does-not-reap'

/**
 * @param {string} name
 * @param {(result: any) => void} check
 */
function testCase(name, check) {
  test(name, { skip: whyNot(kind) }, async () => check(await run(kind, 'handle', name.split(': '))))
}

testCase('one at a time', (result) => {
  assert.deepEqual(result, { second: 'ERR_REAPER_RUNNING', bad: 'ERR_INVALID_ARG_TYPE', again: 'works' })
})

testCase('stop waits', (result) => {
  assert.deepEqual(result, {
    outcome: 'forced',
    alive: false,
    restarted: 'ERR_REAPER_RUNNING',
    scan: 'ERR_REAPER_STOPPED',
    stops: 1,
    lateAlive: true,
    lateOrphans: 0,
  })
})

testCase('adoption', (result) => {
  assert.deepEqual(result, { before: 'not us', during: 'us', after: 'not us', not: 'not us' })
})

testCase('adoption by who was a subreaper before', (result) => {
  assert.deepEqual(result, { before: 'us', during: 'us', after: 'us', not: 'us' })
})

testCase('dry run', ({ sums, ...result }) => {
  assert.deepEqual(result, {
    alive: true,
    zombies: true,
    orphanEvents: 1,
    killed: 0,
    reaped: 0,
    stats: { orphans: 1, signalled: 0, reaped: 0 },
  })
  assert.deepEqual([sums.orphansKilled, sums.zombiesReaped, sums.memoryFreedBytes], [0, 0, 0])
})

testCase('zombies false', (result) => assert.deepEqual(result, { zombies: true, reaped: 0, sum: 0 }))

testCase('zombieMinAgeMs false', (result) => assert.deepEqual(result, { doubtful: true, reaped: 0 }))

testCase('zombie in doubt', ({ age, zombieMinAgeMs, code, signal, left }) => {
  assert.ok(age >= zombieMinAgeMs, `${age} ms`)
  assert.deepEqual([code, signal, left], [7, null, []])
})

testCase('scan', ({ processes, more, last, sums, scanEvents, lastEvent }) => {
  // Three shells and what they have started.
  assert.equal(more - processes, 6)
  assert.deepEqual([last.processes, last.orphans, last.signalled, last.reaped], [processes, 0, 0, 0])
  assert.ok(last.durationMs > 0 && last.durationMs < 1000)
  assert.deepEqual(
    [sums.orphansSeen, sums.orphansKilled, sums.orphansEscaped, sums.zombiesReaped],
    [3, 3, 0, 3],
  )
  assert.equal(sums.lastScanMs, last.durationMs)
  assert.equal(sums.scans, scanEvents)
  assert.deepEqual(lastEvent.stats, last)
})

testCase('scan signals', (result) => assert.deepEqual(result, { orphans: 1, signalled: 0 }))

testCase('kill signal', (result) => assert.deepEqual(result, { outcome: 'exited', signal: 'SIGUSR1' }))

testCase('no escalation', (result) => {
  assert.deepEqual(result, {
    pid: true,
    outcome: 'survivors',
    survivors: true,
    alive: true,
    sums: { orphansKilled: 0, orphansEscaped: 1, memoryFreedBytes: 0 },
  })
})

testCase('listener that throws', (result) => {
  assert.deepEqual(result, { thrown: ['a listener that throws'], killed: 1 })
})

testCase('dispose', (result) => assert.deepEqual(result, { stops: 1 }))

testCase('marker', ({ before, during, seen, pid, startTime }) => {
  assert.equal(before, null)
  assert.equal(during, `${bootId()}:${pid}:${startTime}`)
  assert.equal(seen, during)
})

testCase('channels', (result) => {
  for (const [name, [published, emitted]] of Object.entries(result)) {
    assert.ok(published > 0, name)
    assert.equal(published, emitted, name)
  }
})

// A Worker does not hear whom the main thread starts, so there only an orphan that was seen under its parent is one: the
// fixture leaves time for a scan in between.
testCase('worker: 1000', (result) => {
  assert.deepEqual(result, { second: 'ERR_REAPER_RUNNING', names: ['killed', 'orphan'] })
})

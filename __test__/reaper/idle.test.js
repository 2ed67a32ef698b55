'use strict'
// Scans run off the event loop, and the thread that runs them sleeps in between.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { run } = require('./run.js')

const kind = 'node-is-pid-1'
const sleepers = 1000

test(`${sleepers} processes`, { skip: whyNot(kind) }, async (t) => {
  const { without, during, scans, processes, wakeUps } = await run(kind, 'idle', [String(sleepers)], {
    limit: 2000,
  })
  t.diagnostic(JSON.stringify({ without, during, scans, processes, wakeUps }))
  await t.test('the event loop is not delayed', () => {
    assert.ok(processes >= sleepers)
    assert.ok(scans >= 10, `${scans} scans`)
    // A scan on the event loop would make every other turn late by its whole duration.
    assert.ok(during.median <= without.median + 1, `${during.median} ms, without ${without.median} ms`)
    assert.ok(during.p99 <= 3 * without.p99 + 2, `${during.p99} ms, without ${without.p99} ms`)
  })
  await t.test('the thread sleeps', () => assert.ok(wakeUps <= 5, `woken ${wakeUps} times in three seconds`))
})

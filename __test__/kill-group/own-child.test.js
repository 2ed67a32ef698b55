'use strict'
// A ChildProcess is itself, whichever tree of ours had its number before.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { runInPidNamespace } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'kill-group-own-child.js')

/**
 * @param {'ended' | 'living'} kind
 * @param {NodeJS.ProcessEnv} [env]
 */
async function run(kind, env) {
  const result = await runInPidNamespace(script, [kind], { timeout: 30_000, env: { ...process.env, ...env } })
  assert.deepEqual([result.code, result.signal], [0, null], result.stderr)
  return JSON.parse(result.stdout)
}

/** @param {boolean} others */
const expected = (others) => ({
  killed: { asked: [true, false, false], result: true, exit: [null, 'SIGINT'], others },
  ended: {
    asked: [true, false, false],
    result: { outcome: 'exited', signalled: 1, survivors: [] },
    exit: [null, 'SIGTERM'],
    others,
  },
})

test('with the number of a tree that has ended', async () => {
  assert.deepEqual(await run('ended'), expected(false))
})

test('with the number of a tree that has ended, without PIDFD_SIGNAL_PROCESS_GROUP', async () => {
  assert.deepEqual(await run('ended', { SUBREAPER_NO_PIDFD_GROUP: '1' }), expected(false))
})

// Without PIDFD_SIGNAL_PROCESS_GROUP the leader is not reaped before the tree is empty, which keeps its number.
test("with the number of a living tree's leader, which is gone", async () => {
  assert.deepEqual(await run('living'), expected(true))
})

'use strict'
// A number that has passed to a stranger's group is nobody to whoever knew its former owner.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { runInPidNamespace } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'kill-group-recycled.js')
const rounds = 5

/** @type {[string, NodeJS.ProcessEnv][]} */
const kernels = [
  ['as this kernel can', {}],
  ['without PIDFD_SIGNAL_PROCESS_GROUP', { SUBREAPER_NO_PIDFD_GROUP: '1' }],
]
for (const [name, env] of kernels) {
  test(`never touches the stranger, ${name}`, async () => {
    const run = await runInPidNamespace(script, [String(rounds)], { env: { ...process.env, ...env } })
    assert.deepEqual([run.code, run.signal], [0, null], run.stderr)
    const outcomes = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(outcomes.length, 3 * rounds)
    for (const { sent, signalled } of outcomes) {
      assert.equal(sent.includes(true), false)
      assert.deepEqual(signalled, Array(signalled.length).fill(0))
    }
  })
}

'use strict'
// A ChildProcess that has ended leaves its number to others, to whom nothing must happen.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { runInPidNamespace } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'terminate-reaped-child.js')

/** @type {[string, NodeJS.ProcessEnv][]} */
const kernels = [
  ['as this kernel can', {}],
  ['without PIDFD_SIGNAL_PROCESS_GROUP', { SUBREAPER_NO_PIDFD_GROUP: '1' }],
]
for (const [name, env] of kernels) {
  test(`a stranger's shell job with its number is left alone, ${name}`, async () => {
    const run = await runInPidNamespace(script, [], { timeout: 30_000, env: { ...process.env, ...env } })
    assert.deepEqual([run.code, run.signal], [0, null], run.stderr)
    assert.deepEqual(JSON.parse(run.stdout), {
      sent: [false, false],
      told: [
        ['exited', 0, 0],
        ['exited', 0, 0],
      ],
      answers: true,
    })
  })
}

'use strict'
// The time that a tree has when its owner is gone is the one it was spawned with, whatever was under way.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { killAll, markedBy } = require('../list-processes/proc.js')
const { until } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')

const script = path.join(__dirname, '..', 'fixtures', 'owner-terminates.js')
const forceKillAfterDelay = 300

test('killed during a termination with a longer grace', async (t) => {
  const owner = spawn(process.execPath, [script, String(forceKillAfterDelay)], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  })
  t.after(() => {
    owner.kill('SIGKILL')
    killAll(markedBy(/** @type {number} */ (owner.pid)))
  })
  const { stdin, stdout } = /** @type {import('node:child_process').ChildProcessWithoutNullStreams} */ (owner)
  const exited = once(owner, 'exit')
  const tree = /** @type {import('node:net').Socket} */ (owner.stdio[3])
  let said = ''
  tree.on('data', (bytes) => {
    said += bytes
  })
  await Promise.all([
    once(stdout, 'data'),
    until(() => said === 'ready\n', { what: 'the leader is in place' }),
  ])
  stdin.write('.')
  await until(() => said === 'ready\nTERM\n', { what: 'the termination is under way' })
  owner.kill('SIGKILL')
  assert.deepEqual(await exited, [null, 'SIGKILL'])
  await emptied(tree, forceKillAfterDelay + 1000)
})

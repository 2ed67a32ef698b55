'use strict'
// capabilities() says what spawnDetached then does.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')
const { capabilities, spawnDetached } = require('../../index.js')
const { childrenOf } = require('../list-processes/proc.js')
const { threadCount } = require('../support/process.js')

test('starts nothing', () => {
  const threads = threadCount()
  capabilities()
  assert.equal(threadCount(), threads)
  assert.deepEqual(childrenOf(process.pid), [])
})

test('names the tiers that work here, strongest first', async () => {
  const { containment } = capabilities()
  assert.deepEqual(containment, ['subreaper', 'group'])
  for (const tier of containment) {
    const child = spawnDetached('true', { containment: tier, stdio: 'ignore' })
    assert.equal(child.containment, tier)
    await child.groupExited
  }
  const child = spawnDetached('true', { stdio: 'ignore' })
  assert.equal(child.containment, containment[0])
  await child.groupExited
})

test('the supervisor is where it is said to be', () => {
  const { supervisor } = capabilities()
  assert.deepEqual([supervisor.usable, supervisor.reason], [true, null])
  assert.equal(path.isAbsolute(supervisor.path), true)
  fs.accessSync(supervisor.path, fs.constants.X_OK)
})

test('knows what this kernel can', () => {
  const [major, minor] = os.release().split('.').map(Number)
  const isSince = (/** @type {number} */ a, /** @type {number} */ b) =>
    major > a || (major === a && minor >= b)
  const { pidfd, pidfdGroupSignal } = capabilities()
  assert.deepEqual([pidfd, pidfdGroupSignal], [isSince(5, 4), isSince(6, 9)])
})

test('sees whether other users are hidden in /proc', () => {
  const mounts = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const options = mounts.find((line) => line.split(' ')[4] === '/proc') ?? ''
  assert.equal(capabilities().procHidden, /hidepid=([12]|invisible|noaccess|ptraceable)/.test(options))
})

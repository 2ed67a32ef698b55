'use strict'
// killGroup takes the process objects of node:child_process.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { test } = require('node:test')
const { killGroup } = require('../../index.js')
const { refusalOf } = require('../spawn/refusal.js')
const { startWitness } = require('./witness.js')

test('signals the group of a detached child', async () => {
  const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' })
  const exited = once(child, 'exit')
  assert.equal(killGroup(child, 0), true)
  assert.equal(killGroup(child, 'SIGINT'), true)
  assert.deepEqual(await exited, [null, 'SIGINT'])
  assert.equal(killGroup(child), false)
})

test('reaches the children of a detached child', async (t) => {
  const child = spawn('sh', ['-c', 'sleep 100 & echo; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => killGroup(child, 'SIGKILL'))
  const closed = once(child, 'close') // after the last holder of stdout is gone
  await once(child.stdout, 'data')
  assert.equal(killGroup(child), true)
  await closed
})

test('refuses a child that is not detached and leads no group', async (t) => {
  const witness = startWitness()
  t.after(() => witness.end())
  for (const target of [witness.child, witness.pid]) {
    assert.equal(refusalOf(() => killGroup(target, 'SIGKILL')).code, 'ERR_NOT_A_GROUP_LEADER')
  }
  await witness.answers()
})

test('a child that could not be started is nobody', async () => {
  const child = spawn('/nonexistent/command', { detached: true })
  await once(child, 'error')
  assert.equal(child.pid, undefined)
  assert.equal(killGroup(child, 0), false)
  assert.equal(killGroup(child, 'SIGKILL'), false)
})

test('a child that has ended is nobody', async () => {
  const child = spawn('true', { stdio: 'ignore' })
  await once(child, 'exit')
  assert.equal(killGroup(child, 'SIGKILL'), false)
})

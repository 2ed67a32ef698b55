'use strict'
// State Z is a zombie only when no thread is left.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { listProcesses } = require('../../index.js')
const { startShape } = require('../support/shape.js')

const program = path.join(__dirname, '..', 'fixtures', 'bin', 'kill-group-zombies')

test('a process that has exited and was not waited for is a zombie', async (t) => {
  const parent = spawn(program, ['leader'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
  t.after(() => parent.kill('SIGKILL'))
  const [line] = await once(/** @type {import('node:stream').Readable} */ (parent.stdout), 'data')
  const info = listProcesses().find(({ pid }) => pid === Number(line))
  assert.ok(info)
  const { state, zombie, argv, executable, memoryBytes, ppid } = info
  assert.deepEqual(
    { state, zombie, argv, executable, memoryBytes, ppid },
    { state: 'Z', zombie: true, argv: [], executable: null, memoryBytes: 0, ppid: parent.pid },
  )
})

test('a process whose main thread alone has exited is not', async (t) => {
  const { child } = await startShape('main-thread-gone')
  t.after(() => child[Symbol.dispose]())
  const members = listProcesses().filter(({ pgid }) => pgid === child.pid)
  assert.deepEqual(
    members.map(({ state, zombie }) => ({ state, zombie })),
    Array(2).fill({ state: 'Z', zombie: false }),
  )
  assert.equal(child.members().length, 2)
})

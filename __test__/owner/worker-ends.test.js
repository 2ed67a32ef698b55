'use strict'
// A tree belongs to the process, not to the Worker that spawned it.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { killAll, markedBy } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { isAlive } = require('../support/process.js')

const script = path.join(__dirname, '..', 'fixtures', 'owner-worker-ends.js')

test('it outlives worker.terminate() and ends with the process', async (t) => {
  const owner = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  t.after(() => {
    owner.kill('SIGKILL')
    killAll(markedBy(/** @type {number} */ (owner.pid)))
  })
  const exited = once(owner, 'exit')
  const tree = /** @type {import('node:net').Socket} */ (owner.stdio[3])
  const [line] = await once(/** @type {import('node:net').Socket} */ (owner.stdout), 'data')
  const answer = once(tree, 'data')
  tree.write('ping')
  assert.equal(String((await within(answer, 5000, 'an answer of the tree'))[0]), 'ping')
  assert.equal(isAlive(Number(line)), true)

  const gone = emptied(tree, 1500)
  owner.stdin?.end()
  assert.deepEqual(await exited, [0, null])
  await gone
})

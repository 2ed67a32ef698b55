'use strict'
// Who asks for the end of a tree that is being ended without its supervisor gets the report of that.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { killAll, markedBy } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')
const { emptied, settled } = require('../support/oracle.js')

const script = path.join(__dirname, '..', 'fixtures', 'supervisor-killed-terminate.js')

test('terminate() during the clean-up settles, and holds no event loop afterwards', async (t) => {
  const owner = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  t.after(() => {
    owner.kill('SIGKILL')
    killAll(markedBy(/** @type {number} */ (owner.pid)))
  })
  const { stdin, stdout } = /** @type {import('node:child_process').ChildProcessWithoutNullStreams} */ (owner)
  const exited = once(owner, 'exit')
  const tree = /** @type {import('node:net').Socket} */ (owner.stdio[3])
  await Promise.all([settled(tree, 2), once(stdout, 'data')])
  const gone = emptied(tree, 5000)
  const line = once(stdout, 'data')
  stdin.write('.')
  const [text] = await within(line, 6000, 'the report')
  const { alive, report, afterwards } = JSON.parse(text)
  assert.equal(alive, 1)
  assert.deepEqual([report.outcome, report.survivors], ['forced', []])
  assert.deepEqual([afterwards.outcome, afterwards.signalled], ['exited', 0])
  await gone
  assert.deepEqual(await within(exited, 2000, 'the end of the process'), [0, null])
})

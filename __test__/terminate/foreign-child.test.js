'use strict'
// A tree that child_process started is ended as well, by its number or its object.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { terminate } = require('../../index.js')
const { startWitness } = require('../kill-group/witness.js')
const { killAll } = require('../list-processes/proc.js')
const { emptied, settled } = require('../support/oracle.js')
const { listShapes } = require('../support/shape.js')

const program = path.join(__dirname, '..', 'fixtures', 'bin', 'shape')

/**
 * @param {import('node:test').TestContext} t
 * @param {string} shape
 * @param {boolean} detached
 */
async function startForeign(t, shape, detached) {
  const child = spawn(program, [shape], { detached, stdio: ['pipe', 'ignore', 'inherit', 'pipe'] })
  const pid = /** @type {number} */ (child.pid)
  t.after(() => {
    if (child.exitCode === null && child.signalCode === null) killAll([pid])
  })
  const tree = /** @type {import('node:stream').Readable} */ (child.stdio[3])
  await settled(tree, /** @type {number} */ (listShapes().get(shape)))
  return { child, pid, gone: emptied(tree) }
}

test('a plain number in our own group: its descendants end, and our group is left alone', async (t) => {
  const bystander = startWitness()
  t.after(() => bystander.end())
  const { child, pid, gone } = await startForeign(t, 'grandchild-setsid', false)
  const exited = once(child, 'exit')
  const report = await terminate(pid)
  assert.deepEqual([report.outcome, report.signalled, report.survivors], ['exited', 3, []])
  await gone
  assert.deepEqual(await exited, [null, 'SIGTERM'])
  await bystander.answers()
})

for (const shape of ['grandchild-setsid', 'shell-jobs', 'stopped-child']) {
  test(`the object of a detached child: ${shape}`, async (t) => {
    const { child, gone } = await startForeign(t, shape, true)
    const exited = once(child, 'exit')
    const report = await terminate(child)
    assert.deepEqual([report.outcome, report.survivors], ['exited', []])
    await gone
    assert.deepEqual(await exited, [null, 'SIGTERM'])
  })
}

test('escalates for who ignores the first signal', async (t) => {
  const { child, gone } = await startForeign(t, 'term-ignored-by-child', true)
  const report = await terminate(child, { forceKillAfterDelay: 200 })
  assert.deepEqual([report.outcome, report.forceKilled, report.survivors], ['forced', 1, []])
  await gone
})

test('a child that has ended, or never started, is nobody', async () => {
  const ended = spawn('true', { stdio: 'ignore' })
  await once(ended, 'exit')
  const failed = spawn('/nonexistent/command')
  await once(failed, 'error')
  for (const child of [ended, failed]) {
    const { outcome, signalled } = await terminate(child)
    assert.deepEqual([outcome, signalled], ['exited', 0])
  }
})

test('a number that nobody has is nobody', async () => {
  const { outcome, signalled } = await terminate(2 ** 31 - 1)
  assert.deepEqual([outcome, signalled], ['exited', 0])
})

'use strict'
// A process ends by itself once it waits on nothing of ours, and not before.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { killAll, markedBy } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')

const script = path.join(__dirname, '..', 'fixtures', 'lifetime-exits.js')

/**
 * @param {import('node:test').TestContext} t
 * @param {string} name
 */
async function startCase(t, name) {
  const child = spawn(process.execPath, [script, name], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
  t.after(() => {
    child.kill('SIGKILL')
    killAll(markedBy(/** @type {number} */ (child.pid)))
  })
  const exited = once(child, 'exit')
  await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data')
  return { child, exited }
}

for (const name of ['require', 'ask', 'terminated', 'failed', 'unref']) {
  test(`ends by itself: ${name}`, async (t) => {
    const { exited } = await startCase(t, name)
    assert.deepEqual(await within(exited, 4000, 'the end of the process'), [0, null])
  })
}

for (const name of ['running', 'running-orphan', 'ref-again']) {
  test(`waits for the last process of its tree: ${name}`, async (t) => {
    const { child, exited } = await startCase(t, name)
    const early = within(exited, 500, 'an end that must not come')
    await assert.rejects(early, /an end that must not come/)
    const input = /** @type {import('node:net').Socket} */ (child.stdio[3])
    input.end()
    assert.deepEqual(await within(exited, 4000, 'the end of the process'), [0, null])
  })
}

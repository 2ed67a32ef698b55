'use strict'
// An order for SIGKILL does not wait for the grace of the run that it shares.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const path = require('node:path')
const { test } = require('node:test')
const { terminate } = require('../../index.js')
const { killAll } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')
const { emptied, settled } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

/** @typedef {import('node:stream').Readable} Readable */
/** @typedef {import('node:child_process').ChildProcess | import('../../index.js').DetachedProcess} Leader */

const program = path.join(__dirname, '..', 'fixtures', 'bin', 'shape')
const shape = 'term-ignored-by-both'

/** @param {import('node:test').TestContext} t */
async function startForeign(t) {
  const child = spawn(program, [shape], { detached: true, stdio: ['pipe', 'ignore', 'inherit', 'pipe'] })
  t.after(() => {
    if (child.exitCode === null && child.signalCode === null) killAll([/** @type {number} */ (child.pid)])
  })
  const tree = /** @type {Readable} */ (child.stdio[3])
  await settled(tree, 2)
  return { child, tree }
}

/**
 * @param {import('node:test').TestContext} t
 * @param {'subreaper' | 'group'} containment
 */
async function startOwn(t, containment) {
  const { child, tree } = await startShape(shape, { containment })
  t.after(() => child[Symbol.dispose]())
  return { child, tree }
}

/** @type {[string, (t: import('node:test').TestContext) => Promise<{ child: Leader, tree: Readable }>][]} */
const kinds = [
  ['a ChildProcess', startForeign],
  ['a tree with a supervisor', (t) => startOwn(t, 'subreaper')],
  ['a tree without one', (t) => startOwn(t, 'group')],
]
for (const [name, start] of kinds) {
  test(`SIGKILL hurries the run: ${name}`, async (t) => {
    const { child, tree } = await start(t)
    const gone = emptied(tree, 3000)
    const patient = terminate(child, { forceKillAfterDelay: 10_000 })
    await assert.rejects(within(patient, 200, 'nothing, since both ignore it'), /both ignore it/)
    const reports = Promise.all([patient, terminate(child, { killSignal: 'SIGKILL' })])
    const [first, second] = await within(reports, 3000, 'the report of the hurried run')
    await gone
    assert.deepEqual([first.outcome, first.signalled, first.forceKilled], ['forced', 2, 2])
    assert.deepEqual(second, first)
  })
}

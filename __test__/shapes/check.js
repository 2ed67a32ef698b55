'use strict'
const assert = require('node:assert/strict')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')
const { findFaults } = require('./report.js')

const FORCE_KILL_AFTER_MS = 300

/**
 * Starts a shape, ends it, and checks that nobody is left and that all who can be asked say so.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('./cases.js').Shape} shape
 */
async function checkTermination(t, shape) {
  const { child, tree } = await startShape(shape.name, { containment: 'subreaper' })
  t.after(() => child[Symbol.dispose]())
  assert.equal(child.containment, 'subreaper')

  const report = await child.terminate({ forceKillAfterDelay: FORCE_KILL_AFTER_MS })
  await emptied(tree, 1000)
  assert.deepEqual(findFaults(shape, report), [])
  checkDuration(report)

  await within(child.groupExited, 1000, 'groupExited')
  assert.deepEqual(child.members(), [])
  await checkSecondCall(child)
}

/** @param {import('../../index.js').TerminationReport} report */
function checkDuration({ outcome, durationMs }) {
  const least = outcome === 'forced' ? FORCE_KILL_AFTER_MS : 0
  assert.ok(durationMs >= least, `${outcome} after ${durationMs} ms`)
}

/** @param {import('../../index.js').DetachedProcess} child */
async function checkSecondCall(child) {
  const { durationMs, ...report } = await within(child.terminate(), 1000, 'terminate() of a dead tree')
  assert.deepEqual(report, { outcome: 'exited', signalled: 0, forceKilled: 0, escaped: 0, survivors: [] })
  assert.equal(typeof durationMs, 'number')
}

module.exports = { checkTermination }

'use strict'
const assert = require('node:assert/strict')
const { terminate } = require('../../index.js')
const { findFaults } = require('../shapes/report.js')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { isAlive } = require('../support/process.js')
const { startShape } = require('../support/shape.js')

/** @typedef {import('node:test').TestContext} TestContext */
/** @typedef {import('../../index.js').DetachedProcess} DetachedProcess */
/** @typedef {import('../../index.js').ProcessInfo} ProcessInfo */
/** @typedef {import('../shapes/cases.js').Shape} Shape */

const options = { forceKillAfterDelay: 300, waitTimeout: 500 }

/**
 * @param {TestContext} t
 * @param {Shape} shape
 */
async function startInGroup(t, shape) {
  const { child, tree } = await startShape(shape.name, { containment: 'group' })
  t.after(() => endAll(child.members()))
  assert.equal(child.containment, 'group')
  return { child, tree }
}

/** @param {readonly ProcessInfo[]} processes */
async function endAll(processes) {
  await Promise.all(processes.map(({ pid }) => terminate(pid, options)))
}

/**
 * A shape that stays in its group ends as it does in any other containment.
 *
 * @param {TestContext} t
 * @param {Shape} shape
 */
async function checkStaying(t, shape) {
  const { child, tree } = await startInGroup(t, shape)
  const report = await child.terminate(options)
  await emptied(tree, 1000)
  assert.deepEqual(findFaults(shape, report), [])
  await within(child.groupExited, 1000, 'groupExited')
  assert.deepEqual(child.members(), [])
}

/**
 * Of a shape that leaves its group, the group ends; who left is told, and not touched.
 *
 * @param {TestContext} t
 * @param {Shape} shape
 */
async function checkEscaping(t, shape) {
  const { child, tree } = await startInGroup(t, shape)
  const before = child.members()
  const report = await child.terminate(options)

  assert.equal(report.outcome, 'survivors')
  assert.equal(report.escaped, shape.escaped)
  assert.equal(report.signalled, shape.members - shape.escaped)
  checkSurvivors(child, before, report.survivors)

  await endAll(report.survivors)
  await emptied(tree, 1000)
}

/**
 * @param {DetachedProcess} child
 * @param {readonly ProcessInfo[]} before
 * @param {readonly ProcessInfo[]} survivors
 */
function checkSurvivors(child, before, survivors) {
  const outside = sortedPids(before.filter(({ pgid }) => pgid !== child.pgid))
  assert.deepEqual(sortedPids(survivors), outside)
  assert.deepEqual(sortedPids(before.filter(({ pid }) => isAlive(pid))), outside)
}

/** @param {readonly ProcessInfo[]} processes */
function sortedPids(processes) {
  return processes.map(({ pid }) => pid).sort((a, b) => a - b)
}

module.exports = { checkStaying, checkEscaping }

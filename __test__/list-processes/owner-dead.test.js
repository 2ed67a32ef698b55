'use strict'
// owner: 'dead' is what is left of owners that were killed.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { listProcesses, terminate } = require('../../index.js')
const { startOwner } = require('../owner/start-owner.js')
const { startShape } = require('../support/shape.js')
const { emptied } = require('../support/oracle.js')
const { statOf } = require('./proc.js')

test('what escaped the group of a killed owner is found by its marker', async (t) => {
  const owner = await startOwner({ shapes: ['double-fork-leader-lives'], containment: 'group' })
  t.after(() => owner.end())
  const [leader] = owner.leaders
  await owner.settled
  const startTime = statOf(owner.pid)?.startTime
  assert.equal(
    listProcesses({ owner: 'dead' }).some((info) => info.owner?.pid === owner.pid),
    false,
  )

  await owner.kill('SIGKILL')
  const left = listProcesses({ owner: 'dead' }).filter(
    (info) => info.owner?.pid === owner.pid && info.pid !== leader,
  )
  assert.equal(left.length, 1)
  assert.deepEqual(left[0].owner, { pid: owner.pid, startTime, alive: false })
  assert.notEqual(left[0].pgid, leader)
  assert.equal(left[0].keep, false)

  const living = await startShape('alone')
  t.after(() => living.child[Symbol.dispose]())
  const pids = (/** @type {'self' | 'dead' | 'any'} */ owner) =>
    listProcesses({ owner }).map(({ pid }) => pid)
  const own = /** @type {number} */ (living.child.pid)
  assert.deepEqual(
    [
      pids('any').includes(left[0].pid),
      pids('any').includes(own),
      pids('dead').includes(own),
      pids('self').includes(left[0].pid),
    ],
    [true, true, false, false],
  )

  const gone = emptied(owner.tree)
  const report = await terminate(left[0].pid)
  assert.equal(report.outcome, 'exited')
  // The leader of a group-contained tree dies with its owner.
  await gone
})

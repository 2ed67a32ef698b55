'use strict'
// owner: 'self' is what this process started, and nothing else.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { listProcesses } = require('../../index.js')
const { startWitness } = require('../kill-group/witness.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')
const { statOf } = require('./proc.js')

for (const shape of ['alone', 'child-setsid', 'double-fork-leader-lives', 'clean-environment']) {
  test(`holds every member of ${shape}`, async (t) => {
    const { child, tree } = await startShape(shape)
    t.after(() => child[Symbol.dispose]())
    const members = child.members()
    assert.ok(members.some(({ pid }) => pid === child.pid))
    const mine = new Map(listProcesses({ owner: 'self' }).map((info) => [info.pid, info]))
    for (const { pid, startTime } of members) {
      assert.deepEqual(mine.get(pid)?.startTime, startTime)
      assert.deepEqual(mine.get(pid)?.owner, {
        pid: process.pid,
        startTime: statOf(process.pid)?.startTime,
        alive: true,
      })
    }
    const gone = emptied(tree)
    await child.terminate()
    await gone
    const left = listProcesses({ owner: 'self' }).map(({ pid }) => pid)
    assert.deepEqual(
      members.filter(({ pid }) => left.includes(pid)),
      [],
    )
  })
}

test('holds three members of clean-environment, none of which carries the marker', async (t) => {
  const { child } = await startShape('clean-environment')
  t.after(() => child[Symbol.dispose]())
  assert.equal(child.members().length, 3)
})

test('does not hold what child_process started', async (t) => {
  const witness = startWitness()
  t.after(() => witness.end())
  await once(witness.child, 'spawn')
  assert.equal(
    listProcesses({ owner: 'self' }).some(({ pid }) => pid === witness.pid),
    false,
  )
  assert.equal(
    listProcesses({ owner: 'any' }).some(({ pid }) => pid === witness.pid),
    false,
  )
})

test('keep is said of the tree that was started so, and of all its members', async (t) => {
  const kept = await startShape('child-setsid', { onOwnerExit: 'keep' })
  t.after(() => kept.child[Symbol.dispose]())
  const other = await startShape('child-setsid')
  t.after(() => other.child[Symbol.dispose]())
  assert.deepEqual(
    kept.child.members().map(({ keep }) => keep),
    [true, true],
  )
  assert.deepEqual(
    other.child.members().map(({ keep }) => keep),
    [false, false],
  )
})

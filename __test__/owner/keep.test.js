'use strict'
// A tree that is to be kept outlives its owner, and is reaped and ended as before.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { listProcesses, terminate } = require('../../index.js')
const { childrenOf, killAll, markedBy, readIfThere, statOf } = require('../list-processes/proc.js')
const { until, within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')

const script = path.join(__dirname, '..', 'fixtures', 'owner-keeps.js')

/**
 * A kept tree whose owner has been killed.
 *
 * @param {import('node:test').TestContext} t
 */
async function startKept(t) {
  const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'] })
  t.after(() => killAll(markedBy(/** @type {number} */ (owner.pid))))
  const exited = once(owner, 'exit')
  const tree = /** @type {import('node:net').Socket} */ (owner.stdio[3])
  const orders = /** @type {import('node:net').Socket} */ (owner.stdio[4])
  const [line] = await once(/** @type {import('node:net').Socket} */ (owner.stdout), 'data')
  const leader = Number(line)
  const supervisor = /** @type {{ ppid: number }} */ (statOf(leader)).ppid
  owner.kill('SIGKILL')
  await exited
  let answers = 0
  tree.on('data', (bytes) => {
    answers += String(bytes).split('\n').length - 1
  })
  return { owner, tree, orders, leader, supervisor, answers: () => answers }
}

test('it survives, reaps, and ends by itself', async (t) => {
  const { owner, tree, orders, leader, supervisor, answers } = await startKept(t)
  const orphans = 50
  for (let order = 0; order < orphans; order += 1) orders.write('go\n')
  await until(() => answers() === orphans, { what: 'the leader has answered every line' })
  await until(() => childrenOf(supervisor).length === 1, { what: 'every orphan has been reaped' })
  assert.deepEqual(childrenOf(supervisor), [leader])

  const info = listProcesses({ owner: 'dead' }).find(({ pid }) => pid === leader)
  assert.deepEqual([info?.keep, info?.owner?.pid, info?.owner?.alive], [true, owner.pid, false])
  assert.match(readIfThere(`/proc/${leader}/environ`) ?? '', /(^|\0)SUBREAPER_KEEP=1\0/)

  const gone = emptied(tree)
  orders.end()
  await gone
  await until(() => statOf(supervisor) === null, { what: 'the supervisor has ended with its tree' })
})

test('it is ended by its number', async (t) => {
  const { tree, orders, leader, supervisor, answers } = await startKept(t)
  orders.write('go\n')
  await until(() => answers() === 1, { what: 'the leader has answered' })
  const gone = emptied(tree)
  const report = await within(terminate(leader), 10_000, 'the end of the kept tree')
  assert.deepEqual(report.survivors, [])
  await gone
  await until(() => statOf(supervisor) === null, { what: 'the supervisor has ended with its tree' })
  orders.destroy()
})

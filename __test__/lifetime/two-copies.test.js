'use strict'
// Two copies of the package in one process do not get in each other's way.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { zombieChildren } = require('../support/process.js')
const first = require('../../index.js')
const { copyPackage } = require('./package-copy.js')

test('each gets the events of its own trees', async (t) => {
  /** @type {typeof first} */
  const second = require(copyPackage(t))
  assert.notEqual(second.spawnDetached, first.spawnDetached)
  const codes = Array.from({ length: 10 }, (_, code) => code)
  const exits = codes.flatMap((code) =>
    [first, second].map(async ({ spawnDetached }) => {
      const child = spawnDetached('sh', ['-c', `exit ${code}`], { stdio: 'ignore' })
      const [exit] = await Promise.all([once(child, 'exit'), once(child, 'close'), child.groupExited])
      assert.deepEqual(exit, [code, null])
    }),
  )
  await Promise.all(exits)
  assert.deepEqual(zombieChildren(), [])
})

test('each ends its own trees, and takes those of the other as foreign ones', async (t) => {
  /** @type {typeof first} */
  const second = require(copyPackage(t))
  const mine = first.spawnDetached('sleep', ['100'], { stdio: 'ignore' })
  const other = second.spawnDetached('sleep', ['100'], { stdio: 'ignore' })
  t.after(() => {
    mine[Symbol.dispose]()
    other[Symbol.dispose]()
  })
  assert.equal((await mine.terminate()).outcome, 'exited')
  assert.equal(other.killGroup(0), true)
  const exited = once(other, 'exit')
  const report = await first.terminate(/** @type {number} */ (other.pid))
  assert.deepEqual([report.outcome, report.signalled], ['exited', 1])
  assert.deepEqual(await exited, [null, 'SIGTERM'])
  await other.groupExited
})

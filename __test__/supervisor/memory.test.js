'use strict'
// The supervisor is small, and shows what it is and what it runs.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const { test } = require('node:test')
const { statOf } = require('../list-processes/proc.js')
const { startShape } = require('../support/shape.js')

test('a supervisor at work', async (t) => {
  const { child } = await startShape('wide', { containment: 'subreaper' })
  t.after(() => child[Symbol.dispose]())
  const supervisor = /** @type {{ ppid: number }} */ (statOf(/** @type {number} */ (child.pid))).ppid

  await t.test('takes one megabyte and one thread', () => {
    const status = fs.readFileSync(`/proc/${supervisor}/status`, 'utf8')
    const field = (/** @type {string} */ name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    assert.ok(field('VmRSS') <= 1024, `${field('VmRSS')} kB`)
    assert.equal(field('Threads'), 1)
  })

  await t.test('holds few descriptors, and none of the tree', () => {
    const descriptors = fs.readdirSync(`/proc/${supervisor}/fd`)
    const targets = descriptors.map((fd) => fs.readlinkSync(`/proc/${supervisor}/fd/${fd}`))
    assert.ok(descriptors.length <= 10, targets.join(' '))
    const ofTree = fs.readlinkSync(`/proc/${child.pid}/fd/3`)
    assert.equal(targets.includes(ofTree), false)
  })

  await t.test('shows in ps', () => {
    const line = fs.readFileSync(`/proc/${supervisor}/cmdline`, 'utf8')
    assert.match(line, /subreaper-supervisor/)
    assert.match(line, /fixtures\/bin\/shape/)
    assert.match(line, /wide/)
  })

  await t.test('leads a session of its own', () => {
    const stat = /** @type {NonNullable<ReturnType<typeof statOf>>} */ (statOf(supervisor))
    assert.deepEqual([stat.ppid, stat.pgid, stat.sid], [process.pid, supervisor, supervisor])
  })
})

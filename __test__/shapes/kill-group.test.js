'use strict'
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { until } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { isAlive } = require('../support/process.js')
const { startShape } = require('../support/shape.js')
const { pickShapes } = require('./cases.js')

const names = [
  'child-setsid',
  'all-setsid',
  'double-fork-leader-lives',
  'shell-jobs',
  'term-ignored-by-both',
  'wide',
  'main-thread-gone-escaped',
]

for (const shape of pickShapes(names)) {
  test(`killGroup('SIGKILL') ends the group of ${shape.name} and no more`, async (t) => {
    const { child, tree } = await startShape(shape.name, { containment: 'subreaper' })
    t.after(() => child[Symbol.dispose]())
    const members = child.members()
    const inGroup = members.filter(({ pgid }) => pgid === child.pgid).map(({ pid }) => pid)
    const escaped = members.filter(({ pgid }) => pgid !== child.pgid).map(({ pid }) => pid)
    assert.equal(inGroup.length, shape.members - shape.escaped)
    assert.equal(escaped.length, shape.escaped)

    assert.equal(child.killGroup('SIGKILL'), true)
    await until(() => !inGroup.some(isAlive), { what: 'the group is dead' })
    assert.equal(child.killGroup(0), false)
    assert.equal(child.killGroup('SIGKILL'), false)
    assert.deepEqual(escaped.filter(isAlive), escaped)

    const report = await child.terminate({ forceKillAfterDelay: 300 })
    await emptied(tree, 1000)
    assert.deepEqual(report.survivors, [])
    assert.equal(report.signalled, escaped.length)
    assert.equal(report.escaped, escaped.length)
  })
}

'use strict'
// A supervisor that is asked to end takes its tree with it.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { statOf } = require('../list-processes/proc.js')
const { until, within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

/** @type {[string, NodeJS.Signals][]} */
const shapes = [
  ['grandchild-setsid', 'SIGTERM'],
  ['term-ignored-by-both', 'SIGKILL'],
]
for (const [shape, signal] of shapes) {
  test(`SIGTERM to the supervisor of ${shape}`, async (t) => {
    const { child, tree } = await startShape(shape, { containment: 'subreaper', forceKillAfterDelay: 300 })
    t.after(() => child[Symbol.dispose]())
    const supervisor = /** @type {{ ppid: number }} */ (statOf(/** @type {number} */ (child.pid))).ppid
    const exited = once(child, 'exit')
    const gone = emptied(tree, 5000)
    process.kill(supervisor, 'SIGTERM')
    await gone
    assert.deepEqual(await exited, [null, signal])
    await within(child.groupExited, 2000, 'groupExited')
    await until(() => statOf(supervisor) === null, { what: 'the supervisor is gone and reaped' })
  })
}

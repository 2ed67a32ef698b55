'use strict'
// Without its supervisor a tree is ended by this process, and the handle says so.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { statOf } = require('../list-processes/proc.js')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')

for (const shape of ['alone', 'wide', 'child-setsid', 'double-fork-leader-lives', 'term-ignored-by-both']) {
  test(`the supervisor of ${shape} is killed`, async (t) => {
    const { child, tree } = await startShape(shape, { containment: 'subreaper', forceKillAfterDelay: 500 })
    t.after(() => child[Symbol.dispose]())
    const supervisor = /** @type {{ ppid: number }} */ (statOf(/** @type {number} */ (child.pid))).ppid
    assert.notEqual(supervisor, process.pid)
    let exits = 0
    child.on('exit', () => {
      exits += 1
    })
    const events = Promise.all([
      once(child, 'containmentLost'),
      once(child, 'exit'),
      once(child, 'groupExit'),
    ])
    const gone = emptied(tree, 2000)
    process.kill(supervisor, 'SIGKILL')
    const [[lost], exit] = await within(events, 5000, 'the events of a lost supervisor')
    await gone
    await child.groupExited
    assert.deepEqual([lost.containment, lost.signal, lost.report.survivors], ['subreaper', 'SIGKILL', []])
    assert.notEqual(lost.report.outcome, 'survivors')
    // The leader dies by PR_SET_PDEATHSIG.
    assert.deepEqual(exit, [null, 'SIGKILL'])
    assert.deepEqual([child.exitCode, child.signalCode, exits], [null, 'SIGKILL', 1])
    assert.deepEqual([child.kill(), child.killGroup(), child.members()], [false, false, []])
    const { outcome, signalled } = await child.terminate()
    assert.deepEqual([outcome, signalled], ['exited', 0])
  })
}

'use strict'
// What a program lost is ended once it has been an orphan for the grace period: not earlier, and hardly later.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { kinds, whyNot } = require('../support/container.js')
const { timing } = require('./inside.js')
const { run } = require('./run.js')

/** What a loaded machine may add to each of the times. */
const SLACK = 700

/** @type {[string, string[], number][]} */
const cases = [
  ['orphaned at once', ['0'], 0],
  ['much older than the grace period when it is orphaned', [String(3 * timing.gracePeriodMs)], 0],
  ['ignores the first signal', ['100', 'ignore-term'], timing.forceKillAfterDelay],
]
for (const kind of kinds) {
  for (const [name, args, ladder] of cases) {
    test(`${kind}: ${name}`, { skip: whyNot(kind) }, async () => {
      const { pid, death, ended, events, stats } = await run(kind, 'tree', args)
      const own = events.filter((/** @type {any} */ event) => event.pid === pid)
      assert.deepEqual(
        own.map((/** @type {any} */ event) => event.name),
        ['orphan', 'killed', 'reaped'],
      )
      const [orphan, killed, reaped] = own
      assert.ok(
        ended - death.before >= timing.gracePeriodMs + ladder,
        `${ended - death.before} ms: too early`,
      )
      const latest = timing.gracePeriodMs + ladder + timing.intervalMs + SLACK
      assert.ok(ended - death.after <= latest, `${ended - death.after} ms: too late`)
      assert.ok(orphan.at - death.after <= timing.intervalMs + SLACK)
      const { outcome, survivors } = killed.report
      assert.deepEqual([outcome, survivors], [ladder ? 'forced' : 'exited', []])
      assert.deepEqual([reaped.code, reaped.signal], [null, ladder ? 'SIGKILL' : 'SIGTERM'])
      assert.ok(stats.orphansSeen >= 1 && stats.orphansKilled >= 1 && stats.zombiesReaped >= 1)
      assert.equal(stats.orphansEscaped, 0)
      assert.ok(stats.memoryFreedBytes > 0)
    })
  }
}

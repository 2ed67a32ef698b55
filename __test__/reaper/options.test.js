'use strict'
// Options are checked before anything is started or changed, and fail as Node's own do.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { startReaper } = require('../../index.js')

const TYPE = { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' }
const RANGE = { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' }
const SIGNAL = { code: 'ERR_UNKNOWN_SIGNAL', name: 'TypeError' }
const notTimes = ['100', true, {}, [], 5n, Symbol('x'), () => {}]
const notRanges = [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]
const notBooleans = ['true', 1, 0, {}, [], Symbol('x')]

/** @type {[string, readonly unknown[], object][]} */
const mistakes = [
  ['intervalMs', [...notTimes, false], TYPE],
  ['intervalMs', notRanges, RANGE],
  ['gracePeriodMs', [...notTimes, false], TYPE],
  ['gracePeriodMs', notRanges, RANGE],
  ['zombieMinAgeMs', notTimes, TYPE],
  ['zombieMinAgeMs', notRanges, RANGE],
  ['forceKillAfterDelay', notTimes, TYPE],
  ['forceKillAfterDelay', notRanges, RANGE],
  ['subreaper', notBooleans, TYPE],
  ['zombies', notBooleans, TYPE],
  ['dryRun', notBooleans, TYPE],
  ['match', [5, true, {}, Symbol('x'), 5n, [5], ['sh', null], [['sh']], [undefined]], TYPE],
  ['killSignal', [true, {}, [], () => {}, Symbol('x'), 5n], TYPE],
  ['killSignal', ['SIGNOTHING', 'TERM', '', 65, -1, 1.5, Number.NaN], SIGNAL],
]

for (const [name, values, error] of mistakes) {
  test(`${name}: ${/** @type {any} */ (error).code}`, () => {
    for (const value of values) {
      const options = /** @type {any} */ ({ dryRun: true, subreaper: false, [name]: value })
      const marker = process.env.SUBREAPER_OWNER
      assert.throws(() => startReaper(options).stop(), error, `${name}: ${typeof value} ${String(value)}`)
      assert.equal(process.env.SUBREAPER_OWNER, marker)
    }
  })
}

test('options that are none', () => {
  for (const options of [null, 5, 'sh', true, [], () => {}]) {
    assert.throws(() => startReaper(/** @type {any} */ (options)), TYPE, String(options))
  }
})

test('what may be left out may be undefined', async () => {
  const names = [...new Set(mistakes.map(([name]) => name))].filter(
    (name) => !['dryRun', 'subreaper'].includes(name),
  )
  const options = Object.fromEntries(names.map((name) => [name, undefined]))
  const reaper = startReaper({ ...options, dryRun: true, subreaper: false })
  await reaper.stop()
})

test('the least and the most that is allowed', async () => {
  const most = 2 ** 31 - 1
  for (const times of [
    { gracePeriodMs: 0, zombieMinAgeMs: 0, forceKillAfterDelay: 0 },
    { intervalMs: most, gracePeriodMs: most, zombieMinAgeMs: most, forceKillAfterDelay: most },
    { zombieMinAgeMs: /** @type {const} */ (false), forceKillAfterDelay: /** @type {const} */ (false) },
  ]) {
    const reaper = startReaper({ ...times, dryRun: true, subreaper: false })
    await reaper.scan()
    await reaper.stop()
  }
})

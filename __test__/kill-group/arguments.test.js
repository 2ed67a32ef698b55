'use strict'
// A bad target or signal is refused by its code, and no signal leaves this process.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { after, before, test } = require('node:test')
const { inspect } = require('node:util')
const { killGroup, spawnDetached, terminate } = require('../../index.js')
const { refusalOf, rejectionOf } = require('../spawn/refusal.js')

const wrongTypes = [null, undefined, '', '123', {}, [], true, 5n, Symbol('x'), () => {}]
const wrongNumbers = [NaN, -5, 0, -0, 1, 1.5, 2 ** 31, 2 ** 32 + 2, Infinity, -Infinity]
const unknownSignals = ['SIGFOO', '', '15', 999, -1, 1.5, NaN, {}, null, true]

// SIGURG does nothing to who does not ask for it: a target of 0 or -1 by mistake would show here and hurt nobody.
let received = 0
process.on('SIGURG', () => {
  received += 1
})

/** Signals are handled in the order they came in, so whatever was sent before has been counted. */
async function countSignals() {
  const barrier = once(process, 'SIGUSR2')
  process.kill(process.pid, 'SIGUSR2')
  await barrier
  return received
}

test('the count below would see a signal to this process', async () => {
  process.kill(process.pid, 'SIGURG')
  assert.equal(await countSignals(), 1)
  received = 0
})

for (const target of wrongTypes) {
  test(`refuses the target ${inspect(target)}`, async () => {
    const refusal = refusalOf(() => killGroup(/** @type {any} */ (target), 'SIGURG'))
    assert.deepEqual([refusal.class, refusal.code], [TypeError, 'ERR_INVALID_ARG_TYPE'])
    const rejection = await rejectionOf(terminate(/** @type {any} */ (target), { killSignal: 'SIGURG' }))
    assert.deepEqual([rejection.class, rejection.code], [TypeError, 'ERR_INVALID_ARG_TYPE'])
    assert.equal(await countSignals(), 0)
  })
}

for (const target of wrongNumbers) {
  test(`refuses the number ${inspect(target)}`, async () => {
    const refusal = refusalOf(() => killGroup(target, 'SIGURG'))
    assert.deepEqual([refusal.class, refusal.code], [RangeError, 'ERR_OUT_OF_RANGE'])
    const rejection = await rejectionOf(terminate(target, { killSignal: 'SIGURG' }))
    assert.deepEqual([rejection.class, rejection.code], [RangeError, 'ERR_OUT_OF_RANGE'])
    assert.equal(await countSignals(), 0)
  })
}

/** @type {import('../../index.js').DetachedProcess} */
let child
/** @type {import('node:child_process').ChildProcess} */
let foreign
before(async () => {
  child = spawnDetached('cat', { stdio: ['pipe', 'pipe', 'inherit'] })
  foreign = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  await once(foreign, 'spawn')
})
after(async () => {
  child[Symbol.dispose]()
  foreign.kill('SIGKILL')
  await child.groupExited
})

for (const signal of unknownSignals) {
  test(`refuses the signal ${inspect(signal)}`, async () => {
    const unknown = /** @type {any} */ (signal)
    const pid = /** @type {number} */ (child.pid)
    const calls = [
      () => killGroup(pid, unknown),
      () => killGroup(child, unknown),
      () => killGroup(foreign, unknown),
      () => child.killGroup(unknown),
    ]
    for (const call of calls) {
      const refusal = refusalOf(call)
      assert.deepEqual([refusal.class, refusal.code], [TypeError, 'ERR_UNKNOWN_SIGNAL'])
    }
    const expected = refusalOf(() => foreign.kill(unknown))
    const actual = refusalOf(() => child.kill(unknown))
    assert.deepEqual([actual.class, actual.code], [expected.class, expected.code])
    assert.equal(child.killed, false)
  })
}

/** @type {[any, string, string][]} */
const badOptions = [
  [5, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  ['now', 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ killSignal: 'SIGFOO' }, 'TypeError', 'ERR_UNKNOWN_SIGNAL'],
  [{ killSignal: 999 }, 'TypeError', 'ERR_UNKNOWN_SIGNAL'],
  [{ forceKillAfterDelay: -1 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ forceKillAfterDelay: NaN }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ forceKillAfterDelay: Infinity }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ forceKillAfterDelay: '5' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ waitTimeout: -1 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ waitTimeout: NaN }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ waitTimeout: Infinity }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ waitTimeout: '5' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ waitTimeout: false }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ signal: {} }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ signal: 'x' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
]
for (const [options, name, code] of badOptions) {
  test(`terminate refuses the options ${inspect(options)}`, async () => {
    const pid = /** @type {number} */ (child.pid)
    for (const call of [child.terminate(options), terminate(child, options), terminate(pid, options)]) {
      const rejection = await rejectionOf(call)
      assert.deepEqual([rejection.name, rejection.code], [name, code])
    }
  })
}

test('nobody was signalled by any of it', async () => {
  for (const { stdin, stdout } of [child, foreign]) {
    stdin?.write('.')
    const [bytes] = await once(/** @type {import('node:stream').Readable} */ (stdout), 'data')
    assert.equal(String(bytes), '.')
  }
  assert.equal(await countSignals(), 0)
})

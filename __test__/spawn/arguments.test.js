'use strict'
// A bad argument is refused as child_process.spawn refuses it, before anything is started.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { test } = require('node:test')
const { inspect } = require('node:util')
const { spawnDetached } = require('../../index.js')
const { childrenOf } = require('../list-processes/proc.js')
const { until } = require('../support/deadline.js')
const { refusalOf } = require('./refusal.js')

/** @param {unknown} value */
const show = (value) => inspect(value, { breakLength: Infinity, depth: 2 })

/** @param {any[]} args */
function assertRefusedAsInNode(args) {
  const expected = refusalOf(() => Reflect.apply(spawn, null, args))
  const actual = refusalOf(() => Reflect.apply(spawnDetached, null, args))
  assert.deepEqual(
    { name: actual.name, class: actual.class, code: actual.code },
    { name: expected.name, class: expected.class, code: expected.code },
  )
  assert.deepEqual(childrenOf(process.pid), [])
}

/** @type {any[][]} */
const calls = [
  [undefined],
  [null],
  [5],
  [{}],
  [''],
  ['tr\0ue'],
  ['true', 'not-a-list'],
  ['true', 5],
  ['true', true],
  ['true', ['fine', 'n\0t']],
  ['true', [], 5],
  ['true', [], 'options'],
  ['true', [], null],
]
for (const args of calls) {
  test(`refuses the arguments ${show(args)} as in Node`, () => assertRefusedAsInNode(args))
}

/** @type {Record<string, any[]>} */
const options = {
  cwd: [5, true, {}, 'a\0b', new URL('http://localhost/')],
  env: [{ A: '\0' }, { 'A\0': '' }],
  argv0: [5, {}, 'a\0b'],
  stdio: ['nope', 5, true, {}, [{}], [{ fd: 'x' }], [true], [Symbol('x')]],
  uid: ['0', 1.5, 2 ** 33, {}],
  gid: ['0', 1.5, 2 ** 33, {}],
  shell: [5, {}, 'a\0b'],
  signal: [{}, 5, null, 'x'],
  timeout: [-1, '5', 1.5, NaN, Infinity],
  killSignal: ['SIGFOO', 999, -1, 0, {}, true],
  windowsHide: ['yes', 1],
  detached: ['yes', 1],
}
for (const [name, values] of Object.entries(options)) {
  for (const value of values) {
    test(`refuses { ${name}: ${show(value)} } as in Node`, () => {
      assertRefusedAsInNode(['true', [], { [name]: value }])
    })
  }
}

test('refuses an unknown name in a list of stdio', () => {
  const { name, code } = refusalOf(() => spawnDetached('true', [], { stdio: /** @type {any} */ (['nope']) }))
  assert.equal(name, 'TypeError')
  // Node 20 has a code of its own for a string it does not know in this place.
  assert.match(code, /^ERR_INVALID_(ARG_VALUE|SYNC_FORK_INPUT)$/)
})

for (const stdio of [[999], ['ignore', 'pipe', 'pipe', 999]]) {
  test(`refuses a descriptor that is not open, ${show(stdio)}, as in Node`, async () => {
    const options = { stdio: /** @type {any} */ (stdio) }
    const expected = refusalOf(() => spawn('true', [], options))
    const actual = refusalOf(() => spawnDetached('true', [], options))
    assert.deepEqual([actual.name, actual.code], [expected.name, expected.code])
    await until(() => childrenOf(process.pid).length === 0, { what: 'no child is left' })
  })
}

for (const stdio of ['ipc', ['ipc'], ['pipe', 'pipe', 'pipe', 'ipc']]) {
  test(`refuses stdio ${show(stdio)} and names an alternative`, () => {
    const refusal = refusalOf(() => spawnDetached('true', [], { stdio: /** @type {any} */ (stdio) }))
    assert.equal(refusal.class, TypeError)
    assert.equal(refusal.code, 'ERR_INVALID_ARG_VALUE')
    assert.match(refusal.message, /pipe|fork/)
    assert.deepEqual(childrenOf(process.pid), [])
  })
}

/** @type {[string, any, string, string][]} */
const added = [
  ['forceKillAfterDelay', -1, 'RangeError', 'ERR_OUT_OF_RANGE'],
  ['forceKillAfterDelay', NaN, 'RangeError', 'ERR_OUT_OF_RANGE'],
  ['forceKillAfterDelay', Infinity, 'RangeError', 'ERR_OUT_OF_RANGE'],
  ['forceKillAfterDelay', '5', 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  ['forceKillAfterDelay', 5n, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  ['containment', 'docker', 'TypeError', 'ERR_INVALID_ARG_VALUE'],
  ['containment', '', 'TypeError', 'ERR_INVALID_ARG_VALUE'],
  ['onOwnerExit', 'nope', 'TypeError', 'ERR_INVALID_ARG_VALUE'],
  ['onOwnerExit', '', 'TypeError', 'ERR_INVALID_ARG_VALUE'],
]
for (const [option, value, name, code] of added) {
  test(`refuses { ${option}: ${show(value)} }`, () => {
    const refusal = refusalOf(() => spawnDetached('true', [], { [option]: value }))
    assert.deepEqual([refusal.name, refusal.code], [name, code])
    assert.match(refusal.message, new RegExp(option))
    assert.deepEqual(childrenOf(process.pid), [])
  })
}

for (const option of ['containment', 'onOwnerExit']) {
  for (const value of [5, true, null, {}]) {
    test(`refuses { ${option}: ${show(value)} }`, () => {
      const refusal = refusalOf(() => spawnDetached('true', [], { [option]: value }))
      assert.equal(refusal.name, 'TypeError')
      assert.match(refusal.code, /^ERR_INVALID_ARG_(TYPE|VALUE)$/)
      assert.deepEqual(childrenOf(process.pid), [])
    })
  }
}

for (const containment of /** @type {const} */ (['cgroup', 'job'])) {
  test(`refuses containment '${containment}', which cannot be had here`, () => {
    const { code, message } = refusalOf(() => spawnDetached('true', [], { containment }))
    assert.equal(code, 'ERR_CONTAINMENT_UNAVAILABLE')
    assert.match(message, new RegExp(containment))
    assert.deepEqual(childrenOf(process.pid), [])
  })
}

test('a call that is not refused does start a child, which the checks above would see', async () => {
  const child = spawnDetached('cat', { stdio: ['pipe', 'ignore', 'inherit'] })
  assert.notDeepEqual(childrenOf(process.pid), [])
  child.stdin?.end()
  await child.groupExited
})

'use strict'
// A group of zombies is nobody; a group without its leader is somebody.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { killGroup, spawnDetached } = require('../../index.js')
const { emptied, settled } = require('../support/oracle.js')
const { stateOf } = require('../support/process.js')
const { listShapes, startShape } = require('../support/shape.js')

const programs = path.join(__dirname, '..', 'fixtures', 'bin')

/**
 * @param {import('node:test').TestContext} t
 * @param {'leader' | 'leader-and-child' | 'living-child'} kind
 */
async function startZombies(t, kind) {
  const parent = spawn(path.join(programs, 'kill-group-zombies'), [kind], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  t.after(() => parent.kill('SIGKILL'))
  const [line] = await once(/** @type {import('node:stream').Readable} */ (parent.stdout), 'data')
  return { group: Number(line), tree: /** @type {import('node:stream').Readable} */ (parent.stdio[3]) }
}

for (const kind of /** @type {const} */ (['leader', 'leader-and-child'])) {
  test(`a group of zombies alone (${kind}) is nobody`, async (t) => {
    const { group } = await startZombies(t, kind)
    assert.equal(stateOf(group), 'Z')
    assert.equal(process.kill(-group, 0), true, 'the kernel counts zombies as somebody')
    assert.equal(killGroup(group, 0), false)
    assert.equal(killGroup(group), false)
    assert.equal(killGroup(group, 'SIGKILL'), false)
  })
}

test('a living child below a zombie leader is somebody, and gets the signal', async (t) => {
  const { group, tree } = await startZombies(t, 'living-child')
  t.after(() => killGroup(group, 'SIGKILL'))
  assert.equal(stateOf(group), 'Z')
  assert.equal(killGroup(group, 0), true)
  assert.equal(killGroup(group, 'SIGTERM'), true)
  await emptied(tree)
  assert.equal(killGroup(group, 0), false)
})

for (const containment of /** @type {const} */ (['auto', 'group'])) {
  test(`members outlive their leader and are still signalled by its handle and number (${containment})`, async (t) => {
    const { child, tree } = await startShape('leader-exits', { containment })
    t.after(() => child[Symbol.dispose]())
    const pid = /** @type {number} */ (child.pid)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    assert.equal(child.kill(0), false)
    assert.equal(child.killGroup(0), true)
    assert.equal(killGroup(child, 0), true)
    assert.equal(killGroup(pid, 0), true)
    const gone = emptied(tree)
    assert.equal(killGroup(pid, 'SIGTERM'), true)
    await gone
    await child.groupExited
    assert.equal(child.killGroup(0), false)
    assert.equal(killGroup(pid, 0), false)
  })

  test(`a handle delivers to the members that outlive their leader (${containment})`, async (t) => {
    const { child, tree } = await startShape('leader-exits', { containment })
    t.after(() => child[Symbol.dispose]())
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const gone = emptied(tree)
    assert.equal(child.killGroup(), true)
    await gone
  })
}

test('members outlive the leader that child_process started', async (t) => {
  const foreign = spawn(path.join(programs, 'shape'), ['leader-exits'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  const exited = once(foreign, 'exit')
  const tree = /** @type {import('node:stream').Readable} */ (foreign.stdio[3])
  const pid = /** @type {number} */ (foreign.pid)
  t.after(() => killGroup(pid, 'SIGKILL'))
  await settled(tree, /** @type {number} */ (listShapes().get('leader-exits')))
  await exited
  assert.equal(killGroup(foreign, 0), true)
  const gone = emptied(tree)
  assert.equal(killGroup(foreign, 'SIGTERM'), true)
  await gone
  assert.equal(killGroup(foreign, 0), false)
})

test('signal 0 asks and sends nothing', async (t) => {
  const child = spawnDetached('cat', { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child[Symbol.dispose]())
  assert.equal(child.killGroup(0), true)
  assert.equal(killGroup(/** @type {number} */ (child.pid), 0), true)
  const exited = once(child, 'exit')
  child.stdin?.end('alive')
  const [bytes] = await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data')
  assert.equal(String(bytes), 'alive')
  assert.deepEqual(await exited, [0, null])
  await child.groupExited
  assert.equal(child.killGroup(0), false)
})

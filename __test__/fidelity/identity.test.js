'use strict'
// The child runs as whom it should, in a session and a group of its own, with signals as they were at first.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const fs = require('node:fs')
const { refusalOf } = require('../spawn/refusal.js')
const { statOf } = require('../list-processes/proc.js')
const { both, finish } = require('./both.js')

const isRoot = process.getuid?.() === 0
const takesRoot = { skip: isRoot ? false : 'changing the user takes root' }
const takesUser = { skip: isRoot ? 'root may become anybody' : false }

/** @type {['ignore', 'pipe', 'inherit']} */
const stdio = ['ignore', 'pipe', 'inherit']

both('leads a session and a group of its own', async (start) => {
  const child = start('cat', [], { stdio: ['pipe', 'ignore', 'inherit'] })
  await once(child, 'spawn')
  const { pgid, sid } = /** @type {NonNullable<ReturnType<typeof statOf>>} */ (
    statOf(/** @type {number} */ (child.pid))
  )
  assert.deepEqual([pgid, sid], [child.pid, child.pid])
  child.stdin?.end()
  await once(child, 'exit')
})

both('no signal is blocked or ignored', async (start, t) => {
  process.on('SIGUSR2', noop)
  t.after(() => process.off('SIGUSR2', noop))
  const { stdout } = await finish(start('cat', ['/proc/self/status'], { stdio }))
  const mask = (/** @type {string} */ name) => new RegExp(`^${name}:\\s+([0-9a-f]+)$`, 'm').exec(stdout)?.[1]
  assert.deepEqual(
    [mask('SigBlk'), mask('SigIgn'), mask('SigCgt')].map(String),
    Array(3).fill('0'.repeat(16)),
  )
})

function noop() {}

both(
  'uid and gid',
  async (start) => {
    const { stdout } = await finish(start('cat', ['/proc/self/status'], { uid: 65534, gid: 65533, stdio }))
    assert.match(stdout, /^Uid:\t65534\t65534\t65534\t65534$/m)
    assert.match(stdout, /^Gid:\t65533\t65533\t65533\t65533$/m)
    // libuv drops the supplementary groups, so that root's do not stay.
    assert.match(stdout, /^Groups:\t\s*$/m)
  },
  takesRoot,
)

both(
  'another user without permission',
  async (start) => {
    // Node emits some errors and throws the others; both are EPERM here.
    assert.equal(refusalOf(() => start('true', [], { uid: 0, stdio: 'ignore' })).code, 'EPERM')
  },
  takesUser,
)

both('a file descriptor limit of ours is kept', async (start) => {
  const { stdout } = await finish(start('cat', ['/proc/self/limits'], { stdio }))
  const line = (/** @type {string} */ limits) => /^Max open files.*$/m.exec(limits)?.[0]
  assert.equal(line(stdout), line(fs.readFileSync('/proc/self/limits', 'utf8')))
})

both('the file mode mask is kept', async (start) => {
  const { stdout } = await finish(start('sh', ['-c', 'umask'], { stdio }))
  assert.equal(Number.parseInt(stdout, 8), process.umask())
})

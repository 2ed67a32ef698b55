'use strict'
// Where the supervisor cannot be run, trees are held by their group, and the package says why.
const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { promisify } = require('node:util')
const { copyPackage } = require('../lifetime/package-copy.js')

const run = promisify(execFile)
const script = path.join(__dirname, '..', 'fixtures', 'supervisor-report.js')

/**
 * @param {string} stdout
 * @param {string} folder
 * @param {string} reason
 */
function assertGroupBecauseOf(stdout, folder, reason) {
  assert.deepEqual(JSON.parse(stdout), {
    containment: ['group'],
    supervisor: { path: path.join(folder, 'subreaper-supervisor'), usable: false, reason },
    got: 'group',
    code: 7,
    refused: 'ERR_CONTAINMENT_UNAVAILABLE',
  })
}

test('a copy with its supervisor has it', async (t) => {
  const folder = copyPackage(t)
  const { stdout } = await run(process.execPath, [script, folder])
  const { containment, supervisor, got, code } = JSON.parse(stdout)
  assert.deepEqual([containment, got, code], [['subreaper', 'group'], 'subreaper', 7])
  assert.deepEqual(supervisor, {
    path: path.join(folder, 'subreaper-supervisor'),
    usable: true,
    reason: null,
  })
})

test('missing', async (t) => {
  const folder = copyPackage(t, { supervisor: false })
  const { stdout } = await run(process.execPath, [script, folder])
  assertGroupBecauseOf(stdout, folder, 'ENOENT')
})

test('not executable', async (t) => {
  const folder = copyPackage(t)
  fs.chmodSync(path.join(folder, 'subreaper-supervisor'), 0o644)
  const { stdout } = await run(process.execPath, [script, folder])
  assertGroupBecauseOf(stdout, folder, 'EACCES')
})

test('on a noexec mount', { skip: process.getuid?.() === 0 ? false : 'mounting takes root' }, async (t) => {
  const folder = copyPackage(t)
  // The file alone, because an addon on a noexec mount cannot be loaded either.
  const mount = 'mount --bind "$1" "$1" && mount -o remount,bind,noexec "$1" && shift && exec "$@"'
  const supervisor = path.join(folder, 'subreaper-supervisor')
  const command = ['--mount', 'sh', '-c', mount, 'sh', supervisor, process.execPath, script, folder]
  const { stdout } = await run('unshare', command)
  assertGroupBecauseOf(stdout, folder, 'EACCES')
})

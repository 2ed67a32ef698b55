'use strict'
// Who can neither be seen nor signalled is no success.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')
const { whyNot } = require('../support/container.js')
const { namespaceCommand, runCommand } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'terminate-hidden.js')

// A program that runs as root whoever starts it, in a file system that goes with the namespace.
const hide = `
  mount -t tmpfs -o mode=755 tmpfs "$1" && cp "$(command -v setpriv)" "$1/become" && chmod 4755 "$1/become" &&
  mount -t proc -o hidepid=2 proc /proc && shift &&
  exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`
const becomeRoot = ['--reuid=0', '--regid=0', '--clear-groups']
const leader = ['sh', '-c', 'echo -n . >&3; exec cat']

const skip = process.getuid?.() === 0 ? whyNot('unprivileged') : 'a program of another user takes root'

for (const containment of ['subreaper', 'group']) {
  test(`the tree is another user's and hidden (${containment})`, { skip }, async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper-hidden-'))
    t.after(() => fs.rmdirSync(folder))
    const command = [path.join(folder, 'become'), ...becomeRoot, ...leader]
    const { code, signal, stdout, stderr } = await runCommand(
      [
        ...namespaceCommand({ limit: 450 }),
        ...['sh', '-c', hide, 'sh', folder],
        ...[process.execPath, script, containment, ...command],
      ],
      { timeout: 30_000 },
    )
    assert.deepEqual([code, signal], [0, null], stderr)
    assert.deepEqual(JSON.parse(stdout), {
      procHidden: true,
      outcome: 'survivors',
      forceKilled: 0,
      exitCode: null,
      signalCode: null,
      codes: ['EPERM', 'EPERM'],
      ended: [0, null],
    })
  })
}

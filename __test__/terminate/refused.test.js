'use strict'
// terminate never ends the calling process or what it descends from.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { runInPidNamespace } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'kill-group-refused.js')

for (const role of ['own', 'ancestor', 'own-member', 'ancestor-member']) {
  test(`refuses: ${role}`, async () => {
    const { code, signal, stdout, stderr } = await runInPidNamespace(script, [role, 'terminate'])
    const lines = stdout.trim().split('\n')
    assert.deepEqual([code, signal, lines], [0, null, Array(2).fill('ERR_GROUP_REFUSED')], stderr)
  })
}

'use strict'
// Runs `fixtures/few-descriptors.js` where descriptors are scarce.
const assert = require('node:assert/strict')
const path = require('node:path')
const { runCommand } = require('../support/namespace.js')

const script = path.join(__dirname, '..', 'fixtures', 'few-descriptors.js')

/**
 * @param {'kill-group' | 'terminate' | 'wait'} name
 * @param {number} left how many descriptors can be opened
 */
async function runWithFew(name, left) {
  // Its trees end with it, and it ends with the test.
  const command = ['setpriv', '--pdeathsig', 'KILL', 'prlimit', '--nofile=128:128']
  const run = await runCommand([...command, process.execPath, script, name, String(left)], {
    timeout: 30_000,
  })
  assert.deepEqual([run.code, run.signal], [0, null], run.stderr)
  return JSON.parse(run.stdout)
}

module.exports = { runWithFew }

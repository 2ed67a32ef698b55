'use strict'
// Runs `fixtures/reaper-*.js` in a container and gives what it has printed.
const assert = require('node:assert/strict')
const path = require('node:path')
const { runIn } = require('../support/container.js')

const fixtures = path.join(__dirname, '..', 'fixtures')

/** What the first part of a marker must be for it to be of this boot. */
function bootId() {
  return require('node:fs').readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
}

/** The environment without the marker of a reaper that the tests themselves may run under. */
function unmarkedEnvironment() {
  const { SUBREAPER_OWNER, SUBREAPER_KEEP, SUBREAPER_TREE, ...env } = process.env
  return env
}

/**
 * @param {import('../support/container.js').Kind} kind
 * @param {string} name
 * @param {readonly string[]} [args]
 * @param {{ limit?: number, timeout?: number, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<any>}
 */
async function run(kind, name, args, { env, ...options } = {}) {
  const script = path.join(fixtures, `reaper-${name}.js`)
  const result = await runIn(kind, script, args, { ...options, env: { ...unmarkedEnvironment(), ...env } })
  assert.deepEqual([result.code, result.signal], [0, null], result.stderr)
  return JSON.parse(result.stdout)
}

module.exports = { run, bootId }

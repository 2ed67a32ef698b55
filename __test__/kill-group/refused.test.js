'use strict'
// No signal goes to the own group, to an ancestor's, or to who leads none.
const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')
const { killGroup } = require('../../index.js')
const { statOf } = require('../list-processes/proc.js')
const { refusalOf } = require('../spawn/refusal.js')
const { runInPidNamespace } = require('../support/namespace.js')
const { startWitness } = require('./witness.js')

const script = path.join(__dirname, '..', 'fixtures', 'kill-group-refused.js')

for (const role of ['own', 'ancestor']) {
  test(`refuses the group: ${role}`, async () => {
    const { code, signal, stdout, stderr } = await runInPidNamespace(script, [role, 'killGroup'])
    const lines = stdout.trim().split('\n')
    assert.deepEqual([code, signal, lines], [0, null, Array(2).fill('ERR_GROUP_REFUSED')], stderr)
  })
}

test('refuses the own group by whichever process leads it', () => {
  const group = /** @type {{ pgid: number }} */ (statOf(process.pid)).pgid
  // SIGURG does nothing to who does not ask for it.
  assert.equal(refusalOf(() => killGroup(group, 'SIGURG')).code, 'ERR_GROUP_REFUSED')
})

test('refuses a living process that leads no group', async (t) => {
  const witness = startWitness()
  t.after(() => witness.end())
  for (const signal of /** @type {const} */ (['SIGKILL', 0])) {
    const refusal = refusalOf(() => killGroup(witness.pid, signal))
    assert.equal(refusal.code, 'ERR_NOT_A_GROUP_LEADER')
  }
  await witness.answers()
})

test('a number that nobody has is nobody', () => {
  // The kernel gives out no number above 4194304: PID_MAX_LIMIT, proc_sys_kernel(5).
  for (const number of [4_194_305, 2 ** 31 - 1]) {
    assert.equal(killGroup(number, 0), false)
    assert.equal(killGroup(number, 'SIGKILL'), false)
  }
})

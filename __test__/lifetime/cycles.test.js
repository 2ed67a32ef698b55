'use strict'
// Many spawns and ends leave nothing behind in this process.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { spawnDetached } = require('../../index.js')
const { childrenOf } = require('../list-processes/proc.js')
const { until } = require('../support/deadline.js')
const { openDescriptors, threadCount, zombieChildren } = require('../support/process.js')

const cycles = 300

/** @param {import('../../index.js').Containment} containment */
async function cycle(containment) {
  const child = spawnDetached('cat', { containment })
  const closed = once(child, 'close')
  const { outcome } = await child.terminate()
  assert.equal(outcome, 'exited')
  await Promise.all([closed, child.groupExited])
}

async function fail() {
  const child = spawnDetached('/nonexistent/command')
  await once(child, 'error')
}

for (const containment of /** @type {const} */ (['subreaper', 'group'])) {
  test(`descriptors, threads, zombies and children are as before (${containment})`, async () => {
    await cycle(containment)
    await fail()
    const [descriptors, threads] = [openDescriptors(), threadCount()]
    for (let index = 0; index < cycles; index += 1) {
      await cycle(containment)
      if (index % 10 === 0) await fail()
    }
    await until(() => openDescriptors() <= descriptors, { what: `no more than ${descriptors} descriptors` })
    assert.ok(threadCount() <= threads, `${threadCount()} threads, ${threads} before`)
    assert.deepEqual(zombieChildren(), [])
    assert.deepEqual(childrenOf(process.pid), [])
  })
}

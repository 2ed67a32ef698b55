'use strict'
// Several Workers at once each get the events of their own trees, and only those.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { Worker } = require('node:worker_threads')
const { until } = require('../support/deadline.js')

const script = path.join(__dirname, '..', 'fixtures', 'owner-worker-events.js')

test('four Workers with five trees each', async () => {
  const runs = Array.from({ length: 4 }, async (_, index) => {
    const codes = Array.from({ length: 5 }, (_, tree) => 10 * (index + 1) + tree)
    const worker = new Worker(script, { workerData: { codes } })
    const exited = once(worker, 'exit')
    /** @type {{ code: number, events: string[] }[]} */
    const posted = []
    worker.on('message', (message) => posted.push(message))
    // It ends by itself once its last tree has.
    assert.deepEqual(await exited, [0])
    await until(() => posted.length === codes.length, { what: 'all messages of the Worker' })
    posted.sort((a, b) => a.code - b.code)
    assert.deepEqual(
      posted.map(({ code }) => code),
      codes,
    )
    for (const { code, events } of posted) {
      assert.deepEqual([events[0], events.at(-1)], ['spawn', `close ${code}`])
      assert.deepEqual(events.slice(1, -1).sort(), [`${code}`, `exit ${code}`])
    }
  })
  await Promise.all(runs)
})

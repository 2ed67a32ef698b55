'use strict'
// Neither the process itself, nor its ancestors, nor PID 1 are ever ended, whatever marker they carry.
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { kinds, whyNot } = require('../support/container.js')
const { bootId, run } = require('./run.js')

for (const kind of kinds) {
  test(kind, { skip: whyNot(kind) }, async () => {
    const marker = `${bootId()}:4000000:5`
    const { inherited, own, killed, pid } = await run(kind, 'ancestors', ['2'], {
      env: { SUBREAPER_OWNER: marker },
    })
    assert.equal(inherited, marker)
    assert.match(own, new RegExp(`^${bootId()}:${pid}:\\d+$`))
    assert.equal(killed, 3)
  })
}

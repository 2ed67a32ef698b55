'use strict'
const { test } = require('node:test')
const { within } = require('../support/deadline.js')
const { emptied } = require('../support/oracle.js')
const { startShape } = require('../support/shape.js')
const { shapes } = require('./cases.js')

for (const { name } of shapes) {
  test(`[Symbol.dispose]() leaves nobody of ${name}`, async (t) => {
    const { child, tree } = await startShape(name, { containment: 'subreaper' })
    t.after(() => child.terminate({ forceKillAfterDelay: 0 }))
    child[Symbol.dispose]()
    await emptied(tree, 5000)
    await within(child.groupExited, 1000, 'groupExited')
  })
}

'use strict'
// Loads one module in a fresh process: `require-probe.js MODULE [spawn]`; prints time and threads as JSON.
const fs = require('node:fs')
const { millisecondsSince } = require('./measure.js')

const threads = () => fs.readdirSync('/proc/self/task').length

const [name, spawn] = process.argv.slice(2)
const before = threads()
const start = process.hrtime.bigint()
const loaded = require(name)
const milliseconds = millisecondsSince(start)
const required = threads() - before
if (spawn) loaded.spawnDetached('/bin/true', [], { stdio: 'ignore' })
console.log(JSON.stringify({ milliseconds, required, spawned: threads() - before }))

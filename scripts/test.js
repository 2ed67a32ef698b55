'use strict'
// Runs the tests below `__test__` (or the folders and files named), which Node 20 cannot find by a pattern.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..', '__test__')
const wanted = process.argv.slice(2).map((name) => path.resolve(name))
const files = fs
  .readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => path.join(root, name))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .sort()
if (files.length === 0) throw new Error(`no test below ${root} matches`)
const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=120000', ...files], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1

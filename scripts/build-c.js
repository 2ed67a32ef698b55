'use strict'
// Compiles every C program of a folder with the system's compiler: `build-c.js SOURCES TARGET`.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const [sources, target] = process.argv.slice(2)
fs.mkdirSync(target, { recursive: true })
for (const name of fs.readdirSync(sources).filter((name) => name.endsWith('.c'))) {
  const source = path.join(sources, name)
  const program = path.join(target, path.basename(name, '.c'))
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread']
  execFileSync(process.env.CC ?? 'cc', [...flags, '-o', program, source], { stdio: 'inherit' })
}

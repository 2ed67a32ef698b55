'use strict'
// stdio: 'inherit' gives the child our own descriptors, a terminal included.
const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { test } = require('node:test')

const script = path.join(__dirname, '..', 'fixtures', 'fidelity-inherit.js')

for (const library of ['child_process', 'subreaper']) {
  test(`pipes: ${library}`, () => {
    const command = [script, library, 'sh', '-c', 'cat; echo done']
    const stdout = execFileSync(process.execPath, command, { input: 'in ', encoding: 'utf8' })
    assert.equal(stdout, 'in done\n')
  })

  test(`a terminal: ${library}`, () => {
    const question = 'console.log([0, 1, 2].map((fd) => require("tty").isatty(fd)).join())'
    const command = [process.execPath, script, library, process.execPath, '-e', question]
    const quoted = command.map((word) => `'${word}'`).join(' ')
    const stdout = execFileSync('script', ['-qec', quoted, '/dev/null'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    })
    // Without our own input the terminal may echo its end-of-file character first.
    assert.match(stdout, /true,true,true\r\n/)
  })
}

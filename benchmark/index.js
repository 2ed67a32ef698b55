'use strict'
// Runs the benchmarks, all or those named: `node benchmark/index.js [name | name=count …]`.
const { execFileSync, spawnSync } = require('node:child_process')
const path = require('node:path')
const { machine } = require('./machine.js')

const names = ['spawn-block', 'terminate-wide', 'exit-latency', 'cycles', 'require', 'members', 'reaper-scan']
const asked = process.argv.length > 2 ? process.argv.slice(2) : names
const runs = asked.map((text) => text.split('='))
const unknown = runs.filter(([name]) => !names.includes(name))
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.map(([name]) => name).join(', ')}; there are ${names.join(', ')}`,
  )
  process.exit(2)
}

const root = path.dirname(__dirname)
execFileSync(process.execPath, ['scripts/build-c.js', 'benchmark', 'benchmark/bin'], {
  cwd: root,
  stdio: 'inherit',
})

const { kernel, cpu, cores, memory, hugePages, node } = machine()
console.log(`${kernel}; ${cores} × ${cpu}; ${memory}, huge pages: ${hugePages}; Node ${node}`)
console.log('Interleaved runs; medians, with the 90th percentile in parentheses.')

// A process for each: none inherits the heap, the threads or the children of the one before.
for (const [name, ...count] of runs) {
  const script = path.join(__dirname, `${name}.js`)
  const { status, error } = spawnSync(process.execPath, ['--expose-gc', script, ...count], {
    stdio: 'inherit',
  })
  if (error) throw error
  if (status !== 0) {
    console.error(`${name} failed`)
    process.exitCode = 1
  }
}

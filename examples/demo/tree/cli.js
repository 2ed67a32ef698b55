'use strict'

// The owner: starts the server as a tree of its own and, when its standard input ends, ends that tree.
// Usage: node cli.js usual|package|reaper GRACE_MS SERVER [ARGUMENT...]

const ways = {
  usual: require('./usual-way.js'),
  package: require('./package-way.js'),
  reaper: require('./reaper-way.js'),
}

const [way, graceMs, file, ...args] = process.argv.slice(2)
const end = ways[/** @type {keyof typeof ways} */ (way)].start(file, args, Number(graceMs))

process.stdin.resume().once('end', async () => {
  const begin = performance.now()
  const summary = await end()
  console.log(`ended ${JSON.stringify({ tookMs: performance.now() - begin, summary })}`)
})
console.log('ready cli')

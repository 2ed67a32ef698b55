'use strict'
const fs = require('node:fs')
const os = require('node:os')

/** Transparent huge pages decide what fork(2) costs: with them there is far less page table to copy. */
function hugePages() {
  const file = '/sys/kernel/mm/transparent_hugepage/enabled'
  if (!fs.existsSync(file)) return 'none'
  return /\[(\w+)\]/.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? 'unknown'
}

/** What the numbers depend on. */
function machine() {
  return {
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memory: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    hugePages: hugePages(),
    node: process.version,
  }
}

module.exports = { machine }

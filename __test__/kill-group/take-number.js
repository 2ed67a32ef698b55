'use strict'
// Gives a number that is free by now to a new process. Only in a PID namespace of one's own, as root of it.
const fs = require('node:fs')
const { startWitness } = require('./witness.js')

/**
 * Starts a bystander that leads a group under exactly this number.
 *
 * @param {number} pid
 */
async function takeNumber(pid) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    fs.writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
    const witness = startWitness({ detached: true })
    if (witness.pid === pid) return witness
    // A thread of ours came in between.
    await witness.end()
  }
  throw new Error(`the number ${pid} was not given out again`)
}

module.exports = { takeNumber }

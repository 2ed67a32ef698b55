'use strict'
const fs = require('node:fs')
const { setTimeout: delay } = require('node:timers/promises')

/** State letters of this process's children. */
function childStates() {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    let stat
    try {
      stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1')
    } catch (error) {
      // It has gone since the folder was read.
      if (['ENOENT', 'ESRCH'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) return []
      throw error
    }
    // comm may itself hold parentheses and spaces: the fields start behind the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(parent) === process.pid ? [state] : []
  })
}

/** What this process holds of the kernel. The descriptor that reads the folder counts each time. */
function holdings() {
  const states = childStates()
  const zombies = states.filter((state) => state === 'Z').length
  return {
    descriptors: fs.readdirSync('/proc/self/fd').length,
    threads: fs.readdirSync('/proc/self/task').length,
    children: states.length - zombies,
    zombies,
  }
}

/** @typedef {ReturnType<typeof holdings>} Holdings */

/** @param {Holdings} a @param {Holdings} b */
function sameHoldings(a, b) {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Holdings once five readings in a row agree: handles are closed a turn of the loop after the last event. */
async function settledHoldings() {
  const deadline = Date.now() + 5000
  let last = holdings()
  for (let agreeing = 1; agreeing < 5; ) {
    if (Date.now() > deadline) throw new Error(`never at rest: ${JSON.stringify(last)}`)
    await delay(10)
    const next = holdings()
    agreeing = sameHoldings(last, next) ? agreeing + 1 : 1
    last = next
  }
  return last
}

module.exports = { sameHoldings, settledHoldings }

'use strict'
// Which orphans a reaper is to end.

const path = require('node:path')
const { invalidType } = require('./errors.js')

/**
 * @typedef {import('../index.js').ProcessInfo} ProcessInfo
 * @typedef {import('../index.js').ReaperMatch} ReaperMatch
 */

/**
 * @param {unknown} match
 * @returns {(process: ProcessInfo) => boolean}
 */
function toMatcher(match) {
  if (match === undefined || match === null) return () => true
  const rules = /** @type {ReaperMatch[]} */ (Array.isArray(match) ? match : [match])
  for (const rule of rules) {
    if (typeof rule === 'string' || typeof rule === 'function' || rule instanceof RegExp) continue
    throw invalidType(
      'options.match',
      'of type string or function, an instance of RegExp, or an array of these',
      rule,
    )
  }
  return (process) => rules.some((rule) => fits(process, rule))
}

/**
 * @param {ProcessInfo} process
 * @param {ReaperMatch} rule
 */
function fits(process, rule) {
  if (typeof rule === 'function') return Boolean(rule(process))
  const names = namesOf(process)
  if (typeof rule === 'string') return names.includes(rule)
  return names.some((name) => {
    // A global pattern would go on where it stopped.
    rule.lastIndex = 0
    return rule.test(name)
  })
}

/** @param {ProcessInfo} process */
function namesOf({ comm, executable, argv }) {
  const names = [comm]
  if (executable !== null) names.push(path.basename(executable))
  if (argv.length > 0) names.push(argv[0], path.basename(argv[0]))
  return names
}

module.exports = { toMatcher }

'use strict'

const binding = require('./binding.js')
const { DetachedProcess, treeLedBy } = require('./detached-process.js')
const events = require('./events.js')
const { nobodyLeft } = require('./report.js')
const { delivered } = require('./sent.js')
const { toTarget } = require('./target.js')
const { abortable, toPlan } = require('./termination.js')

/**
 * @typedef {import('../index.js').TerminationReport} TerminationReport
 * @typedef {import('../binding.js').TerminationPlan} Plan
 * @typedef {import('./target.js').Process} Process
 */

/** Terminations under way, by process id. @type {Map<number, Promise<TerminationReport>>} */
const runs = new Map()

/** @type {typeof import('../index.js').terminate} */
async function terminate(target, options = {}) {
  const reached = toTarget(target)
  const plan = toPlan(options)
  if (reached === null) return nobodyLeft()
  if (reached instanceof DetachedProcess) return reached.terminate(options)
  const own = treeLedBy(reached.pid)
  if (own) return own.terminate(options)
  return abortable(runs.get(reached.pid) ?? start(reached, plan), options.signal)
}

/**
 * @param {Process} target
 * @param {Plan} plan
 * @returns {Promise<TerminationReport>}
 */
function start({ pid, reaped }, plan) {
  const id = events.newId()
  const sent = binding.terminateProcess(id, pid, reaped, plan, events.nativeEvents())
  if (!delivered(sent, pid)) return Promise.resolve(nobodyLeft())
  events.hold()
  const run = new Promise((resolve) => {
    events.listen(id, (event) => {
      events.unlisten(id)
      runs.delete(pid)
      events.release()
      resolve(/** @type {TerminationReport} */ (event.report))
    })
  })
  runs.set(pid, run)
  return run
}

module.exports = { terminate }

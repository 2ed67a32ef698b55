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
 * @typedef {import('../binding.js').NativeRun} NativeRun
 * @typedef {import('./target.js').Process} Process
 */

/** Terminations under way, by process id. @type {Map<number, { report: Promise<TerminationReport>, native: NativeRun }>} */
const runs = new Map()

/** @type {typeof import('../index.js').terminate} */
async function terminate(target, options = {}) {
  const reached = toTarget(target)
  const plan = toPlan(options)
  if (reached === null) return nobodyLeft()
  if (reached instanceof DetachedProcess) return reached.terminate(options)
  const own = reached.known === 'nothing' ? treeLedBy(reached.pid) : undefined
  if (own) return own.terminate(options)
  const run = runs.get(reached.pid)
  run?.native.order(plan)
  return abortable(run?.report ?? start(reached, plan), options.signal)
}

/**
 * @param {Process} target
 * @param {Plan} plan
 * @returns {Promise<TerminationReport>}
 */
function start({ pid, known }, plan) {
  const id = events.newId()
  const { sent, run: native } = binding.terminateProcess(id, pid, known, plan, events.nativeEvents())
  if (!delivered(sent, pid) || !native) return Promise.resolve(nobodyLeft())
  events.hold()
  const report = new Promise((resolve) => {
    events.listen(id, (event) => {
      events.unlisten(id)
      runs.delete(pid)
      events.release()
      resolve(/** @type {TerminationReport} */ (event.report))
    })
  })
  runs.set(pid, { report, native })
  return report
}

module.exports = { terminate }

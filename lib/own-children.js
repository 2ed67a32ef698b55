'use strict'
// Children that the JavaScript of this thread has started with child_process, and its Workers, which start others.

const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { isMainThread } = require('node:worker_threads')

/**
 * Whether nothing is started on this thread without being heard of here. Workers do not hear of the main thread's children, and
 * Bun publishes none at all, nor does it wait for them as libuv does.
 */
const hearsOfChildren = isMainThread && process.versions.bun === undefined

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
/** @type {() => void} */
let announce = () => {}

let workersChanged = false

/** @param {import('node:worker_threads').Worker} worker */
function enterWorker(worker) {
  noteWorker()
  worker.once('exit', noteWorker)
}

function noteWorker() {
  workersChanged = true
  announce()
}

/** @returns {boolean} Whether a Worker has come or gone since the last call. */
function takeWorkersChanged() {
  const changed = workersChanged
  workersChanged = false
  return changed
}

/** @param {any} message */
function enter(message) {
  children.add(message.process)
  announce()
}

/** @param {() => void} onStart - Called for every child that is about to be started, and for every Worker. */
function watchOwnChildren(onStart) {
  announce = onStart
  subscribe('child_process', enter)
  process.on('worker', enterWorker)
}

function forgetOwnChildren() {
  unsubscribe('child_process', enter)
  process.off('worker', enterWorker)
  announce = () => {}
  children.clear()
}

/** @returns {number[]} Those that have not ended, going by what this thread has heard. */
function ownChildren() {
  for (const child of children) {
    const failed = child.pid === undefined && child.spawnfile !== null
    if (failed || child.exitCode !== null || child.signalCode !== null) children.delete(child)
  }
  return [...children].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
}

module.exports = { hearsOfChildren, watchOwnChildren, forgetOwnChildren, ownChildren, takeWorkersChanged }

'use strict'
// Children that the JavaScript of this thread has started with child_process.

const { subscribe, unsubscribe } = require('node:diagnostics_channel')

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
/** @type {() => void} */
let announce = () => {}

/** @param {any} message */
function enter(message) {
  children.add(message.process)
  announce()
}

/** @param {() => void} onStart - Called for every child that is about to be started. */
function watchOwnChildren(onStart) {
  announce = onStart
  subscribe('child_process', enter)
}

function forgetOwnChildren() {
  unsubscribe('child_process', enter)
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

module.exports = { watchOwnChildren, forgetOwnChildren, ownChildren }

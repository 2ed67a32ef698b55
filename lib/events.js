'use strict'
// What the addon's thread tells this JavaScript thread: one native callback, told apart by number.

const binding = require('./binding.js')

/** @typedef {import('../binding.js').Event} NativeEvent */

/** @type {import('../binding.js').Events | undefined} */
let native
/** @type {Map<number, (event: NativeEvent) => void>} */
const listeners = new Map()
let lastId = 0
let holds = 0

/** The native callback, made at first use. */
function nativeEvents() {
  native ??= new binding.Events((event) => listeners.get(event.id)?.(event))
  return native
}

/** @returns {number} A number that no other tree or termination of this thread has. */
function newId() {
  lastId = (lastId + 1) >>> 0
  return lastId
}

/**
 * @param {number} id
 * @param {(event: NativeEvent) => void} listener
 */
function listen(id, listener) {
  listeners.set(id, listener)
}

/** @param {number} id */
function unlisten(id) {
  listeners.delete(id)
}

/** Keeps the event loop running until as many calls of `release`. */
function hold() {
  holds += 1
  if (holds === 1) nativeEvents().ref()
}

function release() {
  holds -= 1
  if (holds === 0) nativeEvents().unref()
}

module.exports = { nativeEvents, newId, listen, unlisten, hold, release }

'use strict'
// Whether a report says what happened.

/** @typedef {import('./cases.js').Shape} Shape */
/** @typedef {import('../../index.js').TerminationReport} TerminationReport */

/**
 * Everything that is untrue in the report of a tree that was ended as a whole.
 *
 * @param {Shape} shape
 * @param {TerminationReport} report
 * @returns {string[]}
 */
function findFaults(shape, report) {
  const { outcome, signalled, forceKilled, escaped, survivors } = report
  return [
    shape.outcomes.includes(outcome) || `outcome is ${outcome}, not ${shape.outcomes.join(' or ')}`,
    survivors.length === 0 || `survivors are ${survivors.map(({ pid }) => pid)}`,
    forceKilled > 0 === (outcome === 'forced') || `outcome is ${outcome} with ${forceKilled} killed`,
    isCount(signalled, shape.members, shape.moving) || `signalled ${signalled} of ${shape.members}`,
    isEscaped(escaped, shape) || `escaped is ${escaped}, not ${shape.escaped}`,
  ].filter((fault) => typeof fault === 'string')
}

/**
 * @param {number} actual
 * @param {number} expected
 * @param {boolean} moving
 */
function isCount(actual, expected, moving) {
  return Number.isInteger(actual) && (moving ? actual >= expected : actual === expected)
}

/**
 * @param {number} escaped
 * @param {Shape} shape
 */
function isEscaped(escaped, shape) {
  return isCount(escaped, shape.escaped, shape.moving && shape.escaped > 0)
}

module.exports = { findFaults }

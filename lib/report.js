'use strict'
// Reports on terminations that had nothing to do.

/** @returns {import('../index.js').TerminationReport} */
function nobodyLeft() {
  return { outcome: 'exited', signalled: 0, forceKilled: 0, escaped: 0, survivors: [], durationMs: 0 }
}

module.exports = { nobodyLeft }

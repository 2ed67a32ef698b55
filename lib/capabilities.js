'use strict'

const { getSystemErrorName } = require('node:util')
const binding = require('./binding.js')

/** @type {typeof import('../index.js').capabilities} */
function capabilities() {
  const { supervisor, pidfd, pidfdGroupSignal, procHidden } = binding.nativeCapabilities()
  const usable = supervisor.errno === undefined
  const reason = supervisor.errno === undefined ? null : getSystemErrorName(-supervisor.errno)
  /** @type {import('../index.js').Containment[]} */
  const tiers = usable ? ['subreaper', 'group'] : ['group']
  return {
    containment: pidfd ? tiers : [],
    supervisor: { path: supervisor.path, usable, reason },
    pidfd,
    pidfdGroupSignal,
    procHidden,
  }
}

module.exports = { capabilities }

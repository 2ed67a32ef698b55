'use strict'
// Loads the native half, and sets it up before anybody uses it.

const binding = require('../binding.js')

// For tests on newer kernels: signal groups as kernels before 6.9 have to.
if (process.env.SUBREAPER_NO_PIDFD_GROUP === '1') binding.forceGroupFallback()

module.exports = binding

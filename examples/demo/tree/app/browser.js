'use strict'

// A browser: leads a session of its own and has one process for each tab.

const { spawn } = require('node:child_process')

for (const name of ['tab-1', 'tab-2']) spawn(process.execPath, ['tab.js', name], { stdio: 'inherit' })
console.log('ready browser')

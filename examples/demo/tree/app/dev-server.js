'use strict'

// A development server with three helpers, each of which is harder to end than the one before.

const { spawn } = require('node:child_process')
const { createServer } = require('node:http')

/** @type {import('node:child_process').StdioOptions} */
const stdio = ['ignore', 'inherit', 'inherit']

createServer((_request, response) => response.end('dev server\n')).listen(0, '127.0.0.1', () => {
  spawn(process.execPath, ['watcher.js'], { stdio })
  // `detached` is setsid(2) between fork and exec, as browsers do: a group and a session of its own.
  spawn(process.execPath, ['browser.js'], { stdio, detached: true })
  spawn('sh', ['daemonize.sh', process.execPath, 'cache-daemon.js'], { stdio, detached: true })
  console.log('ready dev-server')
})

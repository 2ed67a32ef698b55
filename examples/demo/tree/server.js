'use strict'

// server.py for machines without Python.

const { spawn } = require('node:child_process')
const { createServer } = require('node:http')
const { join } = require('node:path')

createServer((_request, response) => response.end('agent server\n')).listen(0, '127.0.0.1', () => {
  spawn('npm', ['run', 'dev', '--silent'], {
    cwd: join(__dirname, 'app'),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  console.log('ready server')
})

'use strict'

const { capabilities } = require('./lib/capabilities.js')
const { DetachedProcess } = require('./lib/detached-process.js')
const { killGroup } = require('./lib/kill-group.js')
const { listProcesses } = require('./lib/list-processes.js')
const { spawnDetached } = require('./lib/spawn-detached.js')
const { terminate } = require('./lib/terminate.js')

module.exports = { spawnDetached, killGroup, terminate, listProcesses, capabilities, DetachedProcess }

'use strict'

const { capabilities } = require('./lib/capabilities.js')
const { DetachedProcess } = require('./lib/detached-process.js')
const { killGroup } = require('./lib/kill-group.js')
const { listProcesses } = require('./lib/list-processes.js')
const { spawnDetached } = require('./lib/spawn-detached.js')
const { Reaper } = require('./lib/reaper.js')
const { startReaper } = require('./lib/start-reaper.js')
const { terminate } = require('./lib/terminate.js')

module.exports = {
  spawnDetached,
  killGroup,
  terminate,
  startReaper,
  listProcesses,
  capabilities,
  DetachedProcess,
  Reaper,
}

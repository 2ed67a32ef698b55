'use strict'
// Puts the supervisor beside the addon, where the addon looks for it.
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target')
const installed = path.join(root, 'subreaper-supervisor')
fs.rmSync(installed, { force: true })
fs.copyFileSync(path.join(target, 'supervisor', 'subreaper-supervisor'), installed)

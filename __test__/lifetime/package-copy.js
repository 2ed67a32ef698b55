'use strict'
// A second copy of the package, as `npm install` would put it somewhere else.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const root = path.join(__dirname, '..', '..')

/**
 * @param {import('node:test').TestContext} t removes the copy
 * @param {{ supervisor?: boolean }} [options]
 * @returns {string} its folder
 */
function copyPackage(t, { supervisor = true } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper-copy-'))
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  const addons = fs.readdirSync(root).filter((name) => name.endsWith('.node'))
  const files = ['package.json', 'index.js', 'binding.js', 'lib', ...addons]
  if (supervisor) files.push('subreaper-supervisor')
  for (const file of files) fs.cpSync(path.join(root, file), path.join(folder, file), { recursive: true })
  return folder
}

module.exports = { copyPackage }

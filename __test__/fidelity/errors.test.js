'use strict'
// A command that cannot be started fails with the same error at the same time.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { after, test } = require('node:test')
const { refusalOf } = require('../spawn/refusal.js')
const { starters } = require('./both.js')

/** @typedef {import('node:child_process').SpawnOptions} SpawnOptions */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper-errors-'))
const plain = path.join(folder, 'plain')
const loop = path.join(folder, 'loop')
const noInterpreter = path.join(folder, 'no-interpreter')
fs.writeFileSync(plain, '', { mode: 0o644 })
fs.symlinkSync(loop, loop)
fs.writeFileSync(noInterpreter, '#!/nonexistent/interpreter\n', { mode: 0o755 })
after(() => fs.rmSync(folder, { recursive: true }))

/**
 * How a start goes that does not succeed.
 *
 * @param {import('./both.js').Start} start
 * @param {string} file
 * @param {string[]} args
 * @param {SpawnOptions} options
 */
async function failureOf(start, file, args, options) {
  const child = start(file, args, options)
  const { pid, stdin, stdout } = child
  /** @type {unknown[][]} */
  const events = []
  for (const name of ['spawn', 'exit']) child.on(name, (...args) => events.push([name, ...args]))
  // Not events.once, which would reject with the error.
  const closed = new Promise((resolve) => child.once('close', (...args) => resolve(args)))
  child.stdout?.resume()
  child.stderr?.resume()
  const [error] = await once(child, 'error')
  events.push(['close', ...(await closed)])
  const { name, message, code, errno, syscall, path, spawnargs } = error
  return {
    error: { name, message, code, errno, syscall, path, spawnargs },
    child: {
      pid,
      hasStdin: stdin !== null,
      hasStdout: stdout !== null,
      exitCode: child.exitCode,
      signalCode: child.signalCode,
    },
    answers: [child.kill(), child.killed],
    spawn: [child.spawnfile, child.spawnargs],
    events,
  }
}

/** @type {[string, string, string[], SpawnOptions, string][]} */
const failures = [
  ['no such file', '/nonexistent/command', ['a', 'b'], {}, 'ENOENT'],
  ['no such command', 'nonexistent-command', [], {}, 'ENOENT'],
  ['no such command, no streams', 'nonexistent-command', [], { stdio: 'ignore' }, 'ENOENT'],
  ['no such working directory', 'true', [], { cwd: '/nonexistent/folder' }, 'ENOENT'],
  ['no such interpreter', noInterpreter, [], {}, 'ENOENT'],
  ['not executable', plain, [], {}, 'EACCES'],
  ['a folder', folder, [], {}, 'EACCES'],
  ['not in the PATH of options.env', 'true', [], { env: { PATH: '/nonexistent' } }, 'ENOENT'],
]
for (const [name, file, args, options, code] of failures) {
  test(`emits: ${name}`, async () => {
    const [expected, actual] = [
      await failureOf(starters[0][1], file, args, options),
      await failureOf(starters[1][1], file, args, options),
    ]
    assert.equal(expected.error.code, code)
    assert.deepEqual(actual, expected)
  })
}

/** @type {[string, string, string[], SpawnOptions, string][]} */
const refusals = [
  ['a file below a file', path.join(plain, 'x'), [], {}, 'ENOTDIR'],
  ['a loop of links', loop, [], {}, 'ELOOP'],
  ['a name that is too long', `/${'x'.repeat(300)}`, [], {}, 'ENAMETOOLONG'],
  ['a working directory that is a file', 'true', [], { cwd: plain }, 'ENOTDIR'],
  ['arguments that are too long', 'true', ['x'.repeat(200_000)], {}, 'E2BIG'],
]
for (const [name, file, args, options, code] of refusals) {
  test(`throws: ${name}`, () => {
    const [expected, actual] = starters.map(([, start]) => refusalOf(() => start(file, args, options)))
    assert.equal(expected.code, code)
    assert.deepEqual(
      [actual.name, actual.code, actual.message],
      [expected.name, expected.code, expected.message],
    )
  })
}

test('the error comes after the call has returned', async () => {
  for (const [, start] of starters) {
    let returned = false
    const child = start('/nonexistent/command')
    child.on('error', () => assert.equal(returned, true))
    returned = true
    await once(child, 'error')
  }
})

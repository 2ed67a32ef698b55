'use strict'
// Options reach the child as they do in Node.
const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { after } = require('node:test')
const { pathToFileURL } = require('node:url')
const { both, finish } = require('./both.js')

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper options ')))
after(() => fs.rmSync(folder, { recursive: true }))

/** @type {['ignore', 'pipe', 'inherit']} */
const stdio = ['ignore', 'pipe', 'inherit']

/** @param {Promise<{ stdout: string }>} run */
async function variables(run) {
  const lines = (await run).stdout.trim().split('\n')
  // The package marks what it starts; Node does not.
  return lines.filter((line) => !line.startsWith('SUBREAPER_')).sort()
}

both('env: all of it, and nothing of ours', async (start) => {
  const env = { PATH: process.env.PATH, A: '1', B: 'x=y', EMPTY: '' }
  const seen = await variables(finish(start('env', [], { env, stdio })))
  assert.deepEqual(seen, ['A=1', 'B=x=y', 'EMPTY=', `PATH=${process.env.PATH}`])
})

both('env: undefined is left out, what is inherited from a prototype is not', async (start) => {
  const env = Object.assign(Object.create({ INHERITED: 'yes' }), {
    PATH: process.env.PATH,
    GONE: undefined,
    NULL: null,
    N: 5,
  })
  const seen = await variables(finish(start('env', [], { env, stdio })))
  assert.deepEqual(seen, ['INHERITED=yes', 'N=5', 'NULL=null', `PATH=${process.env.PATH}`])
})

both('env: process.env where it is not given, as it is now', async (start, t) => {
  process.env.SUBREAPER_TEST_LATE = 'set'
  t.after(() => delete process.env.SUBREAPER_TEST_LATE)
  const { stdout } = await finish(start('sh', ['-c', 'echo $SUBREAPER_TEST_LATE'], { stdio }))
  assert.equal(stdout, 'set\n')
})

both('the PATH of options.env finds the command', async (start) => {
  const command = path.join(folder, 'only-here')
  fs.writeFileSync(command, '#!/bin/sh\necho found\n', { mode: 0o755 })
  const { stdout } = await finish(start('only-here', [], { env: { PATH: `/nonexistent:${folder}` }, stdio }))
  assert.equal(stdout, 'found\n')
})

both('an empty PATH entry is the working directory', async (start) => {
  fs.writeFileSync(path.join(folder, 'in-cwd'), '#!/bin/sh\necho found\n', { mode: 0o755 })
  const { stdout } = await finish(start('in-cwd', [], { env: { PATH: ':/nonexistent' }, cwd: folder, stdio }))
  assert.equal(stdout, 'found\n')
})

both('a script without a first line is run by sh', async (start) => {
  const script = path.join(folder, 'no-shebang')
  fs.writeFileSync(script, 'echo "$0 $1"\n', { mode: 0o755 })
  for (const file of [script, 'no-shebang']) {
    const { stdout } = await finish(start(file, ['arg'], { env: { PATH: folder }, stdio }))
    assert.equal(stdout, `${script} arg\n`)
  }
})

for (const [name, cwd] of /** @type {[string, string | URL][]} */ ([
  ['a path', folder],
  ['a URL', pathToFileURL(folder)],
])) {
  both(`cwd: ${name}`, async (start) => {
    const { stdout } = await finish(start('pwd', [], { cwd, stdio }))
    assert.equal(stdout, `${folder}\n`)
  })
}

both('cwd: a relative command is looked for there', async (start) => {
  fs.writeFileSync(path.join(folder, 'relative'), '#!/bin/sh\necho found\n', { mode: 0o755 })
  const { stdout } = await finish(start('./relative', [], { cwd: folder, stdio }))
  assert.equal(stdout, 'found\n')
})

both('argv0', async (start) => {
  const child = start('sh', ['-c', 'tr "\\0" " " < /proc/$$/cmdline'], { argv0: 'other name', stdio })
  assert.deepEqual(child.spawnargs[0], 'other name')
  assert.equal(child.spawnfile, 'sh')
  assert.match((await finish(child)).stdout, /^other name -c /)
})

both('arguments are passed as they are', async (start) => {
  const args = ['', ' a  b ', "'", '"', '$HOME', '*', 'ü', 'a\nb']
  const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
  const child = start(process.execPath, ['-e', script, '--', ...args], { stdio })
  assert.deepEqual(child.spawnargs, [process.execPath, '-e', script, '--', ...args])
  assert.deepEqual(JSON.parse((await finish(child)).stdout), args)
})

both('shell: true', async (start) => {
  const child = start('echo $((1 + 1)) &&', ['echo', 'x'], { shell: true, stdio })
  assert.deepEqual(
    [child.spawnfile, child.spawnargs],
    ['/bin/sh', ['/bin/sh', '-c', 'echo $((1 + 1)) && echo x']],
  )
  assert.equal((await finish(child)).stdout, '2\nx\n')
})

both('shell: a path', async (start) => {
  const child = start('echo $0', [], { shell: '/bin/bash', stdio })
  assert.deepEqual([child.spawnfile, child.spawnargs], ['/bin/bash', ['/bin/bash', '-c', 'echo $0']])
  assert.equal((await finish(child)).stdout, '/bin/bash\n')
})

both('shell: a command that the shell does not find', async (start) => {
  const { code, stderr } = await finish(
    start('nonexistent-command', [], { shell: true, stdio: ['ignore', 'ignore', 'pipe'] }),
  )
  assert.equal(code, 127)
  assert.match(stderr, /not found/)
})

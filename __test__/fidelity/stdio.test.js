'use strict'
// Streams carry everything, in both directions.
const assert = require('node:assert/strict')
const { createHash } = require('node:crypto')
const { once } = require('node:events')
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')
const { setImmediate: tick } = require('node:timers/promises')
const { text } = require('node:stream/consumers')
const { both, finish, starters } = require('./both.js')

/** @typedef {import('node:net').Socket} Socket */

const megabytes = 10

both('stdout and stderr', async (start) => {
  const run = await finish(start('sh', ['-c', 'echo out; echo err >&2; printf end']))
  assert.deepEqual(run, { code: 0, signal: null, stdout: 'out\nend', stderr: 'err\n' })
})

both('the streams are sockets, and those not asked for are null', async (start) => {
  const child = start('cat')
  for (const stream of [child.stdin, child.stdout, child.stderr]) assert.ok(stream instanceof net.Socket)
  assert.equal(child.stdio.length, 3)
  assert.deepEqual(child.stdio.slice(), [child.stdin, child.stdout, child.stderr])
  child.stdin?.end()
  await finish(child)
  const silent = start('true', [], { stdio: ['ignore', 'inherit', 'ignore'] })
  assert.deepEqual(
    [silent.stdin, silent.stdout, silent.stderr, silent.stdio.slice()],
    [null, null, null, [null, null, null]],
  )
  await once(silent, 'close')
})

both('stdin is echoed', async (start) => {
  const child = start('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin?.write('one ')
  child.stdin?.end('two')
  assert.equal((await finish(child)).stdout, 'one two')
})

both(`${megabytes} MB of output, read in pieces`, async (start) => {
  const child = start('head', ['-c', String(megabytes << 20), '/dev/zero'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let bytes = 0
  for await (const chunk of /** @type {Socket} */ (child.stdout)) {
    bytes += chunk.length
    await tick() // back-pressure: the writer has to wait for us
  }
  assert.equal(bytes, megabytes << 20)
  assert.deepEqual(await closed, [0, null])
})

both('output that is still unread when the child exits is not lost', async (start) => {
  const child = start('head', ['-c', '60000', '/dev/zero'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [exited, closed] = [once(child, 'exit'), once(child, 'close')]
  let bytes = 0
  for await (const chunk of /** @type {Socket} */ (child.stdout)) {
    await exited
    bytes += chunk.length
  }
  await closed
  assert.equal(bytes, 60000)
})

both(`${megabytes} MB of input, with back-pressure`, async (start) => {
  const child = start('sha256sum', [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const stdin = /** @type {Socket} */ (child.stdin)
  const hash = createHash('sha256')
  const chunk = Buffer.alloc(1 << 20)
  let waited = 0
  for (let index = 0; index < megabytes; index += 1) {
    chunk.fill(index)
    hash.update(chunk)
    if (!stdin.write(Buffer.from(chunk))) {
      waited += 1
      await once(stdin, 'drain')
    }
  }
  stdin.end()
  assert.ok(waited > 0)
  assert.equal((await finish(child)).stdout, `${hash.digest('hex')}  -\n`)
})

both('EPIPE when nobody reads', async (start) => {
  const child = start('sh', ['-c', 'exec 0<&-; echo closed; cat <&3'], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  })
  const [stdin, stdout, , release] = /** @type {any} */ (child.stdio)
  await once(stdout, 'data')
  const errors = once(stdin, 'error')
  stdin.write('nobody')
  assert.deepEqual((await errors)[0].code, 'EPIPE')
  release.resume()
  release.end()
  await once(child, 'close')
})

both('extra descriptors carry both directions', async (start) => {
  const child = start('sh', ['-c', 'cat <&3 >&4; echo back >&3'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  })
  const [third, fourth] = /** @type {Socket[]} */ (child.stdio.slice(3))
  third.end('forth')
  assert.deepEqual(await Promise.all([text(third), text(fourth)]), ['back\n', 'forth'])
})

// From the fourth on, null is no pipe and 'ignore' no /dev/null, unlike before.
both('gaps are closed descriptors', async (start) => {
  const script = 'for fd in 3 4 5; do [ -e /proc/self/fd/$fd ] && printf "$fd "; done; true'
  const child = start('sh', ['-c', script], { stdio: [null, null, null, null, 'ignore', 'pipe'] })
  assert.deepEqual([child.stdio[3], child.stdio[4]], [null, null])
  const [extra] = /** @type {Socket[]} */ (child.stdio.slice(5))
  extra.resume()
  const { stdout } = await finish(child)
  assert.equal(stdout, '5 ')
})

both('descriptors and streams of ours', async (start) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper-stdio-'))
  const file = path.join(folder, 'out')
  const descriptor = fs.openSync(file, 'w')
  const stream = fs.createWriteStream(path.join(folder, 'err'))
  await once(stream, 'open')
  try {
    const child = start('sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', descriptor, stream] })
    assert.deepEqual(child.stdio.slice(), [null, null, null])
    await once(child, 'close')
    assert.deepEqual(
      [fs.readFileSync(file, 'utf8'), fs.readFileSync(stream.path, 'utf8')],
      ['out\n', 'err\n'],
    )
    // They are still ours.
    fs.writeSync(descriptor, 'more')
    assert.equal(fs.readFileSync(file, 'utf8'), 'out\nmore')
  } finally {
    fs.closeSync(descriptor)
    stream.destroy()
    fs.rmSync(folder, { recursive: true })
  }
})

both('one descriptor in several places, and in another order', async (start) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'subreaper-stdio-'))
  const [a, b] = ['a', 'b'].map((name) => fs.openSync(path.join(folder, name), 'w'))
  try {
    const stdio = ['ignore', b, a, a, 1]
    const options = { stdio: /** @type {any} */ (stdio) }
    await once(start('sh', ['-c', 'echo 1; echo 2 >&2; echo 3 >&3'], options), 'close')
    const read = (/** @type {string} */ name) => fs.readFileSync(path.join(folder, name), 'utf8')
    assert.deepEqual([read('a'), read('b')], ['2\n3\n', '1\n'])
  } finally {
    fs.closeSync(a)
    fs.closeSync(b)
    fs.rmSync(folder, { recursive: true })
  }
})

test('nothing else of ours is inherited', async () => {
  const listed = []
  for (const [, start] of starters) {
    const child = start('ls', ['/proc/self/fd'], { stdio: ['ignore', 'pipe', 'inherit'] })
    listed.push((await finish(child)).stdout.split('\n'))
  }
  // What this process was given itself, and Node hands on, may be closed or not.
  const [expected, actual] = listed
  assert.deepEqual(
    actual.filter((fd) => !expected.includes(fd)),
    [],
  )
})

both("'ignore' is /dev/null", async (start) => {
  const child = start('sh', ['-c', 'readlink /proc/self/fd/0 /proc/self/fd/2'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  assert.equal((await finish(child)).stdout, '/dev/null\n/dev/null\n')
})

both("'overlapped' is a pipe", async (start) => {
  const child = start('echo', ['out'], { stdio: ['ignore', 'overlapped', 'inherit'] })
  assert.equal((await finish(child)).stdout, 'out\n')
})

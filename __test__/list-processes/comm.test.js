'use strict'
// A name can hold any byte, and must not be mistaken for the fields that follow it.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const path = require('node:path')
const { test } = require('node:test')
const { listProcesses } = require('../../index.js')
const { statOf } = require('./proc.js')

const script = path.join(__dirname, '..', 'fixtures', 'list-processes-comm.js')

/** @type {[string, Buffer, string][]} */
const names = [
  ['parentheses and spaces', Buffer.from(') Z 1 (1 1'), ') Z 1 (1 1'],
  ['newlines', Buffer.from('a\nb) S\n(c'), 'a\nb) S\n(c'],
  ['cut at 15 bytes', Buffer.from('chrome_crashpad_handler'), 'chrome_crashpad'],
  ['not UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'a\ufffd\ufffdb'],
]
for (const [what, bytes, comm] of names) {
  test(what, async (t) => {
    const child = spawn(process.execPath, [script, bytes.toString('hex')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const pid = /** @type {number} */ (child.pid)
    const info = listProcesses().find((info) => info.pid === pid)
    assert.ok(info)
    const { ppid, pgid, sid, startTime } = /** @type {NonNullable<ReturnType<typeof statOf>>} */ (statOf(pid))
    assert.deepEqual(
      {
        comm: info.comm,
        ppid: info.ppid,
        pgid: info.pgid,
        sid: info.sid,
        startTime: info.startTime,
        zombie: info.zombie,
      },
      { comm, ppid, pgid, sid, startTime, zombie: false },
    )
    assert.equal(ppid, process.pid)
  })
}

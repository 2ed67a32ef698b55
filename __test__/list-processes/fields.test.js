'use strict'
// Every field says what `/proc` says.
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const fs = require('node:fs')
const { test } = require('node:test')
const { listProcesses } = require('../../index.js')
const { statOf } = require('./proc.js')

/** @param {number} pid */
function find(pid) {
  const found = listProcesses().filter((process) => process.pid === pid)
  assert.equal(found.length, 1)
  return found[0]
}

test('this process', () => {
  const info = find(process.pid)
  const { startTime, pgid, sid } = /** @type {NonNullable<ReturnType<typeof statOf>>} */ (statOf(process.pid))
  const read = (/** @type {string} */ name) => fs.readFileSync(`/proc/self/${name}`, 'utf8')
  const { pid, ppid, uid, comm, executable, argv, zombie, keep, owner } = info
  assert.deepEqual(
    {
      pid,
      ppid,
      pgid: info.pgid,
      sid: info.sid,
      startTime: info.startTime,
      uid,
      comm,
      executable,
      argv,
      zombie,
      keep,
      owner,
    },
    {
      pid: process.pid,
      ppid: process.ppid,
      pgid,
      sid,
      startTime,
      uid: process.geteuid?.(),
      comm: read('comm').slice(0, -1),
      executable: fs.readlinkSync('/proc/self/exe'),
      argv: read('cmdline').split('\0').slice(0, -1),
      zombie: false,
      keep: false,
      owner: null,
    },
  )
  assert.match(info.state, /^[RS]$/)
})

test('age and memory', () => {
  const { ageMs, memoryBytes } = find(process.pid)
  const uptimeMs = process.uptime() * 1000
  // A clock tick is 10 ms, and Node's own clock starts some time after the process.
  assert.ok(ageMs >= uptimeMs - 50 && ageMs <= uptimeMs + 2000, `${ageMs} ms, up for ${uptimeMs} ms`)
  const resident = process.memoryUsage.rss()
  assert.ok(
    memoryBytes > resident * 0.8 && memoryBytes < resident * 1.2,
    `${memoryBytes} of ${resident} bytes`,
  )
})

test('a process appears and disappears', async () => {
  const child = spawn('cat', ['--', '-'], { stdio: ['pipe', 'ignore', 'inherit'] })
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  const pid = /** @type {number} */ (child.pid)
  assert.equal(find(pid).ppid, process.pid)
  assert.deepEqual(find(pid).argv, ['cat', '--', '-'])
  child.stdin?.end()
  await exited
  assert.equal(
    listProcesses().some((info) => info.pid === pid),
    false,
  )
})

test('sees every process there is', () => {
  const listed = new Set(listProcesses().map(({ pid }) => pid))
  const visible = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  // Those that came or went in between are in neither of the two reads for long.
  const missed = visible.map(Number).filter((pid) => !listed.has(pid) && statOf(pid) !== null)
  const again = new Set(listProcesses().map(({ pid }) => pid))
  assert.deepEqual(
    missed.filter((pid) => !again.has(pid) && statOf(pid) !== null),
    [],
  )
})

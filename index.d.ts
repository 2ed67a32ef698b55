/**
 * Start, signal and end whole process trees without leaking any of their processes.
 *
 * @packageDocumentation
 */
import type { ChildProcess, SpawnOptions, StdioOptions } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/**
 * What keeps a tree together, strongest first.
 *
 * - `'cgroup'`: a control group of its own; nothing leaves it.
 * - `'subreaper'`: a supervisor process that every orphan of the tree is handed to by the kernel
 *   (`PR_SET_CHILD_SUBREAPER`, prctl(2)); nothing leaves it, whatever calls setsid(2) or forks twice.
 * - `'group'`: the process group alone; a process that leaves the group is reported, not ended.
 * - `'job'`: a Windows Job Object.
 */
export type Containment = 'cgroup' | 'subreaper' | 'group' | 'job'

/** A process that cannot be mistaken for a later one that was given the same number. */
export interface Identity {
  /** Process id. */
  readonly pid: number
  /** Start of the process in clock ticks since boot: field 22 of `/proc/PID/stat`, proc_pid_stat(5). */
  readonly startTime: number
}

/** The process that a marker (`SUBREAPER_OWNER`) names as the one that started a tree. */
export interface Owner extends Identity {
  /** Whether exactly that process, in this boot, is still alive. */
  readonly alive: boolean
}

/** One process as one read of `/proc` showed it. */
export interface ProcessInfo extends Identity {
  /** Parent's process id; 0 where the parent is outside this PID namespace. */
  readonly ppid: number
  /** Process group id. */
  readonly pgid: number
  /** Session id. */
  readonly sid: number
  /** Effective user id. */
  readonly uid: number
  /** State letter as the kernel gives it: `R`, `S`, `D`, `T`, `t`, `Z`, `X`, `I`; proc_pid_stat(5). */
  readonly state: string
  /** Exited and not yet waited for. False for a process whose main thread alone has exited. */
  readonly zombie: boolean
  /** Name the kernel keeps; cut at 15 bytes. */
  readonly comm: string
  /** Path of the executable; null where it may not be read. */
  readonly executable: string | null
  /** Command line; empty for a zombie, or where it may not be read. */
  readonly argv: readonly string[]
  /** Milliseconds since the process started. */
  readonly ageMs: number
  /** Resident set size in bytes. */
  readonly memoryBytes: number
  /** Whose tree it belongs to: its own marker, else that of its nearest marked ancestor; null for neither. */
  readonly owner: Owner | null
  /** It was started with `onOwnerExit: 'keep'`, or below such a process. */
  readonly keep: boolean
}

/** How a termination went. */
export interface TerminationReport {
  /**
   * - `'exited'`: all gone after the first signal;
   * - `'forced'`: all gone, and at least one had to be killed;
   * - `'survivors'`: somebody is left, named in {@link TerminationReport.survivors}.
   */
  readonly outcome: 'exited' | 'forced' | 'survivors'
  /** Processes that were sent the first signal. */
  readonly signalled: number
  /** Processes that were sent SIGKILL because they had outlived the first signal. */
  readonly forceKilled: number
  /** Processes of the tree that were found outside the leader's process group. */
  readonly escaped: number
  /** Processes that are still alive. */
  readonly survivors: readonly ProcessInfo[]
  /** Milliseconds from the first signal to the verified end. */
  readonly durationMs: number
}

/** Options of {@link terminate} and {@link DetachedProcess.terminate}. */
export interface TerminateOptions {
  /** The first signal. Default: `'SIGTERM'`, or what the tree was spawned with. */
  killSignal?: NodeJS.Signals | number | undefined
  /** Milliseconds from the first signal to SIGKILL; `false` never escalates. Default: 5000, or what the tree was spawned with. */
  forceKillAfterDelay?: number | false | undefined
  /** Milliseconds to wait for the end after SIGKILL (after the first signal, where there is no escalation) before naming the survivors. Default: 10000. */
  waitTimeout?: number | undefined
  /** Stops the waiting: the promise rejects with an `AbortError`; the termination itself goes on. */
  signal?: AbortSignal | undefined
}

/** Options of {@link spawnDetached}: those of `child_process.spawn`, and three more. */
export interface SpawnDetachedOptions extends Omit<SpawnOptions, 'detached' | 'stdio' | 'serialization'> {
  /**
   * As in `child_process.spawn`, but for `'ipc'`, which throws `ERR_INVALID_ARG_VALUE`:
   * use an extra `'pipe'`, or `child_process.fork` where the channel is needed.
   */
  stdio?: StdioOptions | undefined
  /** Accepted and ignored: a tree started here always leads a session and a group of its own. */
  detached?: boolean | undefined
  /** Milliseconds from the first signal to SIGKILL; `false` never escalates. Default: 5000. */
  forceKillAfterDelay?: number | false | undefined
  /**
   * `'auto'` takes the strongest that works here, and {@link DetachedProcess.containment} says which.
   * A name asks for exactly that one: `ERR_CONTAINMENT_UNAVAILABLE` is thrown where it cannot be had. Default: `'auto'`.
   */
  containment?: Containment | 'auto' | undefined
  /** What becomes of the tree when this process ends, by whatever cause. Default: `'terminate'`. */
  onOwnerExit?: 'terminate' | 'keep' | undefined
}

/** What happened to the process that held a tree together. */
export interface ContainmentLost {
  /** The tier that is gone. */
  readonly containment: Containment
  /** The signal that ended the supervisor; null where it exited by itself or cannot be told. */
  readonly signal: NodeJS.Signals | null
  /** What was done about the rest of the tree. */
  readonly report: TerminationReport
}

/** Events of a {@link DetachedProcess}, by name, with their arguments. */
export interface DetachedProcessEvents {
  /** The command runs. */
  spawn: []
  /** It could not be started, was aborted, or could not be signalled. */
  error: [error: Error]
  /** The leader has ended. */
  exit: [code: number | null, signal: NodeJS.Signals | null]
  /** The leader has ended and its stdio streams are closed. */
  close: [code: number | null, signal: NodeJS.Signals | null]
  /** The last process of the tree is gone. */
  groupExit: []
  /** The supervisor was killed, and the rest of the tree has been ended without it. */
  containmentLost: [lost: ContainmentLost]
}

/**
 * A command and everything it starts. Has the members and events of `child_process.ChildProcess`
 * (but for the IPC channel), and those that concern the tree.
 */
export declare class DetachedProcess extends EventEmitter<DetachedProcessEvents> {
  private constructor()

  /** Leader's process id; undefined where the command could not be started. */
  readonly pid: number | undefined
  /** Process group id: the leader's pid. */
  readonly pgid: number | undefined
  /** The leader, told apart from any later process with its number. */
  readonly identity: Identity | undefined
  /** What holds the tree together; undefined where the command could not be started. */
  readonly containment: Containment | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly stdio: [Writable | null, Readable | null, Readable | null, ...(Readable | Writable | null)[]]
  /** Leader's exit code; null while it runs, or where a signal ended it. */
  readonly exitCode: number | null
  /** Signal that ended the leader; null while it runs, or where it exited by itself. */
  readonly signalCode: NodeJS.Signals | null
  /** A signal has been delivered to the leader with {@link DetachedProcess.kill}. */
  readonly killed: boolean
  readonly spawnfile: string
  readonly spawnargs: string[]
  /** Always false: there is no IPC channel. */
  readonly connected: boolean
  /** Resolves when the last process of the tree is gone; rejects, with what `error` carries, where the command could not be started. */
  readonly groupExited: Promise<void>

  /** Signals the leader alone, as `ChildProcess.kill` does. False where it has ended. Default: `'SIGTERM'`. */
  kill(signal?: NodeJS.Signals | number): boolean
  /** Signals the leader's process group: {@link killGroup} for this tree. */
  killGroup(signal?: NodeJS.Signals | number): boolean
  /** Ends the whole tree and verifies it: {@link terminate} for this tree. */
  terminate(options?: TerminateOptions): Promise<TerminationReport>
  /** The living processes of the tree, as one read of `/proc` shows them. */
  members(): ProcessInfo[]
  /** Keeps the event loop running while the tree is alive (the default). */
  ref(): void
  /** Lets the event loop end while the tree is alive. */
  unref(): void
  /** SIGKILL to the whole tree, without waiting for its end. */
  [Symbol.dispose](): void
  /** {@link DetachedProcess.terminate}. */
  [Symbol.asyncDispose](): Promise<void>
}

/** What can be had on this machine, as this process. */
export interface Capabilities {
  /** The tiers that work here, strongest first. `containment: 'auto'` takes the first. */
  readonly containment: readonly Containment[]
  /** The program that holds a `'subreaper'` tree together. */
  readonly supervisor: {
    /** Where it is looked for. */
    readonly path: string
    /** Whether it can be run. */
    readonly usable: boolean
    /** Why not: an errno name such as `'ENOENT'` or `'EACCES'`. */
    readonly reason: string | null
  }
  /** pidfd_open(2), pidfd_send_signal(2) and waiting on a pidfd work (Linux 5.4). */
  readonly pidfd: boolean
  /** A group can be signalled through its leader's pidfd even when the leader is gone (Linux 6.9). */
  readonly pidfdGroupSignal: boolean
  /** Processes of other users cannot be seen in `/proc` (its `hidepid` option). */
  readonly procHidden: boolean
}

/**
 * Starts a command as the leader of a session and a process group of its own, and keeps hold of all it starts.
 *
 * A command that cannot be started behaves as in `child_process.spawn`: `pid` is undefined and `error` is emitted.
 * Keeps the event loop running until the last process of the tree is gone, or `unref()` is called.
 *
 * @throws TypeError or RangeError with Node's `ERR_*` codes for bad arguments; nothing is started.
 */
export declare function spawnDetached(file: string, options?: SpawnDetachedOptions): DetachedProcess
export declare function spawnDetached(
  file: string,
  args?: readonly string[],
  options?: SpawnDetachedOptions,
): DetachedProcess

/**
 * Signals a process group, and never a stranger's.
 *
 * @param target - The leader's pid (an integer from 2 to 2³¹ − 1), or the process object of the leader.
 * @param signal - Default: `'SIGTERM'`. `0` asks whether anybody is left, and sends nothing.
 * @returns true when the signal was delivered to at least one living process, false when nobody is left.
 * Zombies are nobody, and so is whoever was given the number later.
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` or `ERR_UNKNOWN_SIGNAL` for bad arguments;
 * `ERR_GROUP_REFUSED` for a group that holds this process, PID 1 or an ancestor of this process;
 * `ERR_NOT_A_GROUP_LEADER` where the process exists and no group has its number; `EPERM` where permission is missing.
 */
export declare function killGroup(
  target: number | DetachedProcess | ChildProcess,
  signal?: NodeJS.Signals | number,
): boolean

/**
 * Ends a whole tree: signal, wait, SIGKILL, verify.
 *
 * For a {@link DetachedProcess} the tree is what its containment holds. For a pid or a foreign `ChildProcess` it is
 * the process, its descendants, and the groups and sessions that these lead.
 * Concurrent calls for one target share one run.
 *
 * @returns what was verified. Rejects only for bad arguments (as {@link killGroup} throws) and when `options.signal` is aborted.
 */
export declare function terminate(
  target: number | DetachedProcess | ChildProcess,
  options?: TerminateOptions,
): Promise<TerminationReport>

/**
 * Reads `/proc` once.
 *
 * @param filter - `owner: 'self'`: what this process started; `'dead'`: what was started by an owner that is gone;
 * `'any'`: everything that has an owner. Without it: every process that can be seen.
 */
export declare function listProcesses(filter?: { owner?: 'self' | 'dead' | 'any' | undefined }): ProcessInfo[]

/** Tells what works here. Starts nothing; the supervisor is only looked at. */
export declare function capabilities(): Capabilities

/** A name (of the kernel, the executable or `argv[0]`), a pattern for these, or a decision of your own. */
export type ReaperMatch = string | RegExp | ((process: ProcessInfo) => boolean)

/** Options of {@link startReaper}. */
export interface ReaperOptions {
  /** Milliseconds between two full scans. Orphans are noticed earlier where a child of this process ends; one that comes when a deeper process dies waits for the next look. Default: 60000. */
  intervalMs?: number | undefined
  /** Milliseconds a process must have been an orphan before the first signal. Default: 30000. */
  gracePeriodMs?: number | undefined
  /**
   * Make this process a child subreaper (prctl(2)), so that orphans of everything it ever started come to it instead
   * of PID 1. Undone by {@link Reaper.stop}, if it was not one before. PID 1 needs none. Default: true.
   */
  subreaper?: boolean | undefined
  /**
   * Which orphans to end. A name longer than 15 bytes is compared with executable and `argv[0]`, since the kernel cuts
   * its own. A function runs on the thread that started the reaper; when it throws, `error` is emitted and that
   * process is left alone. Default: all that may be ended.
   */
  match?: ReaperMatch | readonly ReaperMatch[] | undefined
  /** Collect adopted children that have exited. Default: true. */
  zombies?: boolean | undefined
  /**
   * Milliseconds for which a zombie that cannot be told from a child of this process's own must have waited, in vain, before
   * it is collected; `false` leaves such zombies alone. An addon that forks on the main thread and waits late needs more. Default: 5000.
   */
  zombieMinAgeMs?: number | false | undefined
  /** Report, and touch nothing. Default: false. */
  dryRun?: boolean | undefined
  /** The first signal. Default: `'SIGTERM'`. */
  killSignal?: NodeJS.Signals | number | undefined
  /** Milliseconds from the first signal to SIGKILL; `false` never escalates. Default: 3000. */
  forceKillAfterDelay?: number | false | undefined
}

/** A zombie that was collected. */
export interface ReapedZombie {
  readonly pid: number
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  /** Signal that ended it; null where it exited by itself. */
  readonly signal: NodeJS.Signals | null
}

/** What one scan saw and did. */
export interface ScanStats {
  /** Processes that could be seen. */
  readonly processes: number
  /** Orphans that match, those within their grace period included. */
  readonly orphans: number
  /** Orphans that were sent their first signal because of this scan. */
  readonly signalled: number
  /** Zombies this scan has collected. */
  readonly reaped: number
  /** Milliseconds on the addon's thread. */
  readonly durationMs: number
}

/** Sums since the reaper was started. */
export interface ReaperStats {
  readonly scans: number
  /** Orphans that match and were seen for the first time. */
  readonly orphansSeen: number
  /** Orphans that are gone, by the reaper's doing. */
  readonly orphansKilled: number
  /** Orphans that could not be ended. */
  readonly orphansEscaped: number
  /** Zombies collected. */
  readonly zombiesReaped: number
  /** Resident memory, in bytes, that killed orphans held when they were last seen. */
  readonly memoryFreedBytes: number
  /** Milliseconds that the last scan took on the addon's thread. */
  readonly lastScanMs: number
}

/** Events of a {@link Reaper}, by name, with their arguments. The same are published on `diagnostics_channel` as `subreaper:<name>`. */
export interface ReaperEvents {
  /** An orphan that matches was seen for the first time. */
  orphan: [process: ProcessInfo]
  /** An orphan was ended, or could not be: the report says. */
  killed: [process: ProcessInfo, report: TerminationReport]
  /** A zombie was collected. */
  reaped: [zombie: ReapedZombie]
  /** A full scan is over. */
  scan: [stats: ScanStats]
  /** A `match` function threw, or the kernel refused something. */
  error: [error: Error]
  /** The reaper has stopped. */
  stop: []
}

/** The handle of the process's one reaper. Keeps no event loop running unless told to. */
export declare class Reaper extends EventEmitter<ReaperEvents> {
  private constructor()
  readonly stats: ReaperStats
  /** Scans now, and resolves with what this very scan saw and did. Rejects with `ERR_REAPER_STOPPED` after {@link Reaper.stop}. */
  scan(): Promise<ScanStats>
  /** Starts nothing new, waits for the terminations under way, and gives back what was changed. */
  stop(): Promise<void>
  /** Keeps the event loop running while the reaper does. */
  ref(): this
  /** Lets the event loop end (the default). */
  unref(): this
  /** {@link Reaper.stop}, without waiting. */
  [Symbol.dispose](): void
}

/**
 * Starts a safety net for everything that was not started with {@link spawnDetached}: finds orphans, ends them after a grace
 * period, and collects zombies, without ever taking an exit status from libuv or a Worker.
 *
 * Ends only orphans that this process adopted and did not start itself, and orphans anywhere whose marker names an owner that is
 * dead. Puts the marker into `process.env`, so that what is started from now on can be told to be ours.
 *
 * @throws `ERR_REAPER_RUNNING` while another one runs in this process; `ERR_*` of Node for bad options.
 */
export declare function startReaper(options?: ReaperOptions): Reaper

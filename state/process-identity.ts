/**
 * Which process this is, and whether another one still runs: what a lock needs to know of the machine.
 *
 * A pid alone does not name a process, because pids are used again, and two containers may share a host name and have
 * the same pids. Where Linux tells them, the time a process started (proc(5), /proc/PID/stat, field 22) and the pid
 * namespace it lives in (namespaces(7)) are looked at too.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { codeOf } from './file-faults.ts'

export interface ProcessIdentity {
  readonly user: string
  readonly host: string
  readonly pid: number
  /** Clock ticks since boot when the process started; undefined where the system does not tell. */
  readonly started: number | undefined
  /** The pid namespace, `pid:[4026531836]`; undefined where the system does not tell. */
  readonly namespace: string | undefined
}

/** The machine as a lock sees it. Tests put their own in its place. */
export interface Machine {
  readonly self: ProcessIdentity
  readonly now: () => Date
  readonly isAlive: (pid: number) => boolean
  readonly startOf: (pid: number) => number | undefined
}

export function thisMachine(): Machine {
  return {
    self: {
      user: userName(),
      host: hostname(),
      pid: process.pid,
      started: startOf(process.pid),
      namespace: quietly(() => readlinkSync('/proc/self/ns/pid')),
    },
    now: () => new Date(),
    isAlive,
    startOf,
  }
}

/** Whether a process is certainly gone. One on another host, or out of sight in another namespace, never is. */
export function isGone(process: ProcessIdentity, machine: Machine): boolean {
  const { self } = machine
  if (process.host !== self.host) return false
  if (areDifferent(process.namespace, self.namespace)) return false
  if (!machine.isAlive(process.pid)) return true
  return areDifferent(process.started, machine.startOf(process.pid))
}

/** What the system did not tell differs from nothing. */
function areDifferent<T>(a: T | undefined, b: T | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}

/** Signal 0 only asks (kill(2)): ESRCH means there is no such process, EPERM that it is somebody else's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** The name in field 2 may hold spaces and brackets, so fields are counted from its last bracket: 22 is the 20th. */
function startOf(pid: number): number | undefined {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const start = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return Number.isSafeInteger(start) ? start : undefined
}

/** A user without an entry in the password file, usual in containers, has only a number. */
function userName(): string {
  return quietly(() => userInfo().username) ?? `uid ${process.getuid?.() ?? 'unknown'}`
}

function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

/**
 * What a program used while it ran, and who else was busy: read from /proc, because Node tells nothing about the
 * resources of a child. Memory is looked at a few times a second (the kernel keeps the high-water mark, so no peak is
 * missed in between); processor time is read before and after.
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** Highest resident memory of the largest process of the program, bytes. */
  readonly peakBytes: number
  /** Processor time of the program and its children, milliseconds. */
  readonly programMs: number
  /** Of this bench and all else it has started: the registries. */
  readonly registriesMs: number
  /** Of everything else on the machine: the more, the less the run is worth. */
  readonly othersMs: number
}

export interface UsageWatch {
  /** Ends watching, once the program has ended; undefined where /proc does not tell. */
  stop(): Usage | undefined
}

const LOOK_EVERY_MS = 100
/** USER_HZ: the unit of times in /proc, 1/100 s on every Linux that Node runs on (proc(5)). */
const TICK_MS = 10

/** Between its start and its end no other child of this process may end. */
export function watchUsage(pid: number): UsageWatch {
  const before = processorTimes(pid)
  let peakBytes = 0
  const look = (): void => {
    for (const each of treeOf(pid, processes())) peakBytes = Math.max(peakBytes, highWaterMark(each.pid))
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  look()
  return {
    stop() {
      clearInterval(timer)
      if (peakBytes === 0) return undefined
      const after = processorTimes(pid)
      const programMs = (after.ended - before.ended) * TICK_MS
      const registriesMs = (after.living - before.living) * TICK_MS
      const othersMs = Math.max(0, (after.machine - before.machine) * TICK_MS - programMs - registriesMs)
      return { peakBytes, programMs, registriesMs, othersMs }
    },
  }
}

/** Ticks since the machine or the process started. */
interface ProcessorTimes {
  /** Children of this process that have ended, with theirs. */
  readonly ended: number
  /** This process and everything below it that runs, without the program watched. */
  readonly living: number
  readonly machine: number
}

function processorTimes(watched: number): ProcessorTimes {
  const all = processes()
  const program = new Set(treeOf(watched, all).map(({ pid }) => pid))
  const own = treeOf(process.pid, all)
  return {
    ended: own.find(({ pid }) => pid === process.pid)?.endedChildren ?? 0,
    living: own.filter(({ pid }) => !program.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0),
    machine: machineTicks(),
  }
}

/** Of all processors: user, nice, system, interrupts and what the host took; not idle, not waiting for disks. */
function machineTicks(): number {
  const [, user, nice, system, , , irq, softirq, steal] = textOf('/proc/stat')
    .split('\n', 1)
    .join('')
    .split(/\s+/)
    .map(Number)
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0)
}

interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** Processor time in user and kernel mode. */
  readonly ticks: number
  /** The same of its children that have ended and were waited for. */
  readonly endedChildren: number
}

/** The process and everything below it. */
function treeOf(root: number, all: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const found = all.filter(({ pid }) => pid === root)
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid))
  return found
}

function processes(): readonly ProcessEntry[] {
  let names: readonly string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return []
  }
  return names.flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    // After the name in parentheses, which may hold anything: state, parent, and four times from the 12th field on.
    const [, parent, , , , , , , , , , ...times] =
      textOf(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = times.map(Number)
    return [
      {
        pid: Number(name),
        parent: Number(parent),
        ticks: user + system,
        endedChildren: endedUser + endedSystem,
      },
    ]
  })
}

function highWaterMark(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`))?.[1]
  return Number(kibibytes ?? 0) * 1024
}

/** Empty for a process that has ended in the meantime. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

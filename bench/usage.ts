/**
 * What a running program and its children use: the memory of the largest process, and processor time. Read from /proc a
 * few times a second, because Node tells nothing about the resources of a child; the kernel keeps the high-water mark
 * of memory itself, so that no peak is missed between two looks.
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** Highest resident memory of the largest process, bytes. */
  readonly peakBytes: number
  /** Processor time of all processes, milliseconds; what was used after the last look is missing. */
  readonly cpuMs: number
}

export interface UsageWatch {
  /** Ends watching; undefined where /proc does not tell. May be called again. */
  stop(): Usage | undefined
}

const LOOK_EVERY_MS = 50
/** USER_HZ: the unit of times in /proc, 1/100 s on every Linux that Node runs on (proc(5)). */
const TICK_MS = 10

export function watchUsage(pid: number): UsageWatch {
  const cpu = new Map<number, number>()
  let peakBytes = 0
  const look = (): void => {
    for (const each of treeOf(pid)) {
      peakBytes = Math.max(peakBytes, highWaterMark(each.pid))
      cpu.set(each.pid, each.ticks * TICK_MS)
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  look()
  return {
    stop() {
      clearInterval(timer)
      if (peakBytes === 0) return undefined
      return { peakBytes, cpuMs: [...cpu.values()].reduce((sum, ms) => sum + ms, 0) }
    },
  }
}

interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** Processor time in user and kernel mode. */
  readonly ticks: number
}

/** The process and everything below it. */
function treeOf(root: number): readonly ProcessEntry[] {
  const all = processes()
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
    // After the name in parentheses, which may hold anything: state, parent, and the times as the 12th and 13th.
    const fields = textOf(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
    return [{ pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }]
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

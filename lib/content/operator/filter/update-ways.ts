/**
 * Which entries of a channel OLM installs over which: an entry comes after what it replaces, what it skips, and every
 * version in its `skipRange`.
 */
import type { KnownEntry } from './known-channel.ts'
import { parseSkipRange, type SkipRange } from './skip-range.ts'
import type { Version } from './versions.ts'

/** An operator as it is installed; whether its channel still has it is of no importance. */
export interface Installed {
  readonly name: string
  readonly version?: Version
}

export interface UpdateWays {
  /** Whether one update after another leads to the end. */
  reaches(from: Installed, to: string): boolean
  /** The fewest updates, the end included; undefined where there is no way, empty where it is there already. */
  way(from: Installed, to: string): readonly KnownEntry[] | undefined
}

interface Step {
  readonly entry: KnownEntry
  readonly skipRange: SkipRange | undefined
}

export function updateWays(entries: readonly KnownEntry[]): UpdateWays {
  const steps = entries.map(entry => ({
    entry,
    skipRange: entry.skipRange === undefined ? undefined : parseSkipRange(entry.skipRange),
  }))
  const reached = new Map<string, readonly Step[]>()
  const stepsTo = (to: string): readonly Step[] => {
    const known = reached.get(to) ?? stepsLeadingTo(steps, to)
    reached.set(to, known)
    return known
  }
  return {
    reaches: (from, to) =>
      from.name === to ||
      steps.some(step => step.entry.name === to && comesAfter(step, from)) ||
      stepsTo(to).some(step => comesAfter(step, from)),
    way: (from, to) => findWay(steps, from, to),
  }
}

function comesAfter({ entry, skipRange }: Step, { name, version }: Installed): boolean {
  if (entry.name === name) return false
  if (entry.replaces === name || entry.skips.includes(name)) return true
  return version !== undefined && (skipRange?.(version) ?? false)
}

/** The end and all from which it is reached. */
function stepsLeadingTo(steps: readonly Step[], to: string): readonly Step[] {
  const byName = new Map(steps.map(step => [step.entry.name, step]))
  const found = new Set(steps.filter(({ entry }) => entry.name === to))
  for (const later of found) {
    for (const name of [later.entry.replaces ?? '', ...later.entry.skips]) {
      const step = byName.get(name)
      if (step !== undefined) found.add(step)
    }
    if (later.skipRange === undefined) continue
    for (const step of steps) if (!found.has(step) && comesAfter(later, step.entry)) found.add(step)
  }
  return [...found]
}

function findWay(steps: readonly Step[], from: Installed, to: string): readonly KnownEntry[] | undefined {
  if (from.name === to) return []
  const ways = new Map<string, readonly KnownEntry[]>([[from.name, []]])
  const queue: Installed[] = [from]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const way = ways.get(at.name) ?? []
    for (const step of steps) {
      const { entry } = step
      if (ways.has(entry.name) || !comesAfter(step, at)) continue
      const longer = [...way, entry]
      if (entry.name === to) return longer
      ways.set(entry.name, longer)
      queue.push(entry)
    }
  }
  return undefined
}

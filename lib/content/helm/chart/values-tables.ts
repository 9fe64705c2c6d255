/**
 * Values of charts laid over each other (Helm, "Scope, Dependencies, and Values"): what a parent says of a subchart counts
 * over what the subchart says itself, and the parent's globals over both.
 */
import { copyDict, type Dict, isDict, type Value } from '../template/value.ts'
import type { Chart } from './chart.ts'

const GLOBAL = 'global'

/**
 * What nulls in the values do: take the key away, or stay, to take it away from a chart further down. A set names the keys
 * below which they stay: those of subcharts.
 */
export type Nulls = 'remove' | 'keep' | ReadonlySet<string>

/** What `over` has counts; tables are gone into. Nothing given is changed. */
export function layTables(over: Dict, under: Dict, nulls: Nulls = 'remove'): Dict {
  const laid = copyDict(over)
  for (const [key, value] of under) {
    const own = laid.get(key)
    if (!laid.has(key)) laid.set(key, isDict(value) ? copyDict(value) : value)
    else if (own === null && nulls !== 'keep') laid.delete(key)
    else if (isDict(own) && isDict(value)) laid.set(key, layTables(own, value, nullsBelow(key, nulls)))
  }
  return laid
}

function nullsBelow(key: string, nulls: Nulls): Nulls {
  if (typeof nulls === 'string') return nulls
  return nulls.has(key) ? 'keep' : 'remove'
}

/** The values of a chart with its subcharts' below their names: those given over its own. */
export function valuesOfChart(chart: Chart, given: Dict, nulls: 'remove' | 'keep' = 'remove'): Dict {
  const names = new Set(chart.subcharts.map(({ metadata }) => metadata.name))
  const values = layTables(given, chart.values, nulls === 'keep' ? nulls : names)
  for (const subchart of chart.subcharts) {
    const { name } = subchart.metadata
    values.set(name, valuesOfChart(subchart, withGlobals(values, values.get(name)), nulls))
  }
  return values
}

function withGlobals(parent: Dict, said: Value): Dict {
  const values = isDict(said) ? copyDict(said) : new Map<string, Value>()
  const own = values.get(GLOBAL)
  const under = isDict(own) ? own : new Map<string, Value>()
  const globals = parent.get(GLOBAL)
  values.set(GLOBAL, isDict(globals) ? layTables(globals, under, 'keep') : under)
  return values
}

/** `a.b` → the value there; `.` is the table itself. */
export function valueAt(values: Dict, path: string): Value {
  return path
    .split('.')
    .filter(part => part !== '')
    .reduce<Value>((value, part) => (isDict(value) ? value.get(part) : undefined), values)
}

/** A table at a path, with tables for each part of it. */
export function tableAt(path: string, table: Dict): Dict {
  return path
    .split('.')
    .filter(part => part !== '')
    .reduceRight<Dict>((inner, part) => new Map<string, Value>([[part, inner]]), table)
}

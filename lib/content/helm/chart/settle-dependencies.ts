/**
 * Which subcharts take part, under which names, and what their parent takes over from them (Helm, "Chart dependencies":
 * condition, tags, alias, import-values).
 */
import { type Dict, isDict } from '../template/value.ts'
import { meetsConstraint } from '../version-constraint.ts'
import type { Chart, Dependency } from './chart.ts'
import { ChartFault } from './chart-fault.ts'
import { layTables, tableAt, valueAt, valuesOfChart } from './values-tables.ts'

/**
 * The chart with the subcharts that are switched on, and its values with everything imported and with those of its subcharts.
 * @throws ChartFault for a dependency that is not there
 */
export function settleDependencies(given: Chart): { readonly chart: Chart; readonly values: Dict } {
  const chart = withImports(withoutDisabled(given, new Map(), ''))
  return { chart, values: valuesOfChart(chart, new Map()) }
}

/**
 * A subchart is switched by what all charts above it say, and by its own values.
 * @param above values of the charts above, from the top: those that switch are written there from the top, too
 * @param path of this chart in them: `low.deep.`
 */
function withoutDisabled(given: Chart, above: Dict, path: string): Chart {
  const named = namedSubcharts(given)
  const chart = { ...given, subcharts: named.map(({ subchart }) => subchart) }
  const values = valuesOfChart(chart, above)
  refuseMissing(given, values, path)
  const subcharts = named
    .filter(({ dependency }) => dependency === undefined || isEnabled(dependency, values, path))
    .map(({ subchart }) => withoutDisabled(subchart, values, `${path}${subchart.metadata.name}.`))
  return { ...chart, subcharts }
}

/** What a chart takes over counts below what it says itself, and the first that it takes over above the others. */
function withImports(given: Chart): Chart {
  const chart = { ...given, subcharts: given.subcharts.map(withImports) }
  const imports = chart.metadata.dependencies.flatMap(({ name, alias, importValues }) =>
    importValues.map(each => ({ ...each, from: `${alias ?? name}.${each.child}` })),
  )
  if (imports.length === 0) return chart
  const own = valuesOfChart(chart, new Map(), 'keep')
  const values = imports.reduce((all, { from, parent }) => {
    const taken = valueAt(own, from)
    return isDict(taken) ? layTables(all, tableAt(parent, taken), 'keep') : all
  }, own)
  return { ...chart, values }
}

interface NamedSubchart {
  readonly subchart: Chart
  readonly dependency: Dependency | undefined
}

/** One for each dependency, under its alias; and what only lies in `charts/`, or has another version there. */
function namedSubcharts({ metadata, subcharts }: Chart): readonly NamedSubchart[] {
  const listed = metadata.dependencies.flatMap(dependency => {
    const subchart = subcharts.find(
      ({ metadata: { name, version } }) => name === dependency.name && fits(version, dependency.version),
    )
    return subchart === undefined ? [] : [{ subchart: renamed(subchart, dependency.alias), dependency }]
  })
  const isListed = ({ metadata: { name, version } }: Chart): boolean =>
    metadata.dependencies.some(dependency => name === dependency.name && fits(version, dependency.version))
  const others = subcharts.filter(subchart => !isListed(subchart))
  return [...listed, ...others.map(subchart => ({ subchart, dependency: undefined }))]
}

function renamed(chart: Chart, alias: string | undefined): Chart {
  return alias === undefined ? chart : { ...chart, metadata: { ...chart.metadata, name: alias } }
}

/** A version that is none is not held against a dependency. */
function fits(version: string, range: string): boolean {
  return range === '' || version === range || (meetsConstraint(version, range) ?? true)
}

/** Charts that are there count whatever their version, as in Helm; what is switched off nobody misses. @throws ChartFault */
function refuseMissing({ metadata, subcharts }: Chart, values: Dict, path: string): void {
  const found = new Set(subcharts.map(chart => chart.metadata.name))
  const missing = metadata.dependencies.filter(each => !found.has(each.name) && isEnabled(each, values, path))
  if (missing.length === 0) return
  const names = missing.map(({ name, version }) => `${name} ${version}`.trim()).join(', ')
  const has = subcharts.map(({ metadata: { name, version } }) => `${name} ${version}`)
  throw new ChartFault(`the chart ${metadata.name} depends on ${names}, and does not have it in charts/`, {
    hint: `run \`helm dependency build\` in its folder; ${has.length === 0 ? 'it has no charts' : `it has ${has.join(', ')}`} there`,
  })
}

/**
 * A condition that is a switch decides; else one tag that is on is enough; with neither the chart takes part. Tags are those
 * of the whole chart; white space in a condition is part of the name, as in Helm.
 */
function isEnabled({ condition, tags }: Dependency, values: Dict, path: string): boolean {
  for (const name of condition?.trim().split(',') ?? []) {
    const value = name === '' ? undefined : valueAt(values, path + name)
    if (typeof value === 'boolean') return value
  }
  const switches = tags.map(tag => valueAt(values, `tags.${tag}`)).filter(each => typeof each === 'boolean')
  return switches.length === 0 || switches.includes(true)
}

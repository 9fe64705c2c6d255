/**
 * A chart → the text of each of its templates, rendered with the values the chart brings, as `helm template` does with no
 * arguments; the release is called as Helm calls it there. Each template stands alone: one that cannot be rendered is named
 * with the reason, and the others still are.
 */
import { messageOf } from '../../../errors.ts'
import { compareText } from '../../../target.ts'
import type { Chart } from '../chart/chart.ts'
import { settleDependencies } from '../chart/settle-dependencies.ts'
import { type Evaluation, runTemplate } from '../template/evaluate.ts'
import { FUNCTIONS } from '../template/functions/index.ts'
import type { Limits } from '../template/limits.ts'
import type { Node } from '../template/nodes.ts'
import { parseTemplate } from '../template/parse-template.ts'
import { type Dict, isDict, type Value } from '../template/value.ts'
import { capabilities } from './capabilities.ts'
import { filesObject } from './chart-files-object.ts'
import { chartObject } from './chart-object.ts'

export type RenderedTemplate = { readonly path: string } & (
  | {
      readonly kind: 'rendered'
      readonly text: string
      /** What Helm would have stopped at: values that are not given, checks of the chart. */
      readonly remarks: readonly string[]
    }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** The template itself, and the values it would have been given. */
      readonly source: string
      readonly values: Dict
    }
)

/** What `helm template` calls a release that nobody named. */
export const RELEASE_NAME = 'release-name'
const RELEASE = { name: RELEASE_NAME, namespace: 'default', service: 'Helm' } as const
/** For a whole chart: the largest real ones take a hundredth. */
const MAX_STEPS = 2_000_000
const MAX_CHARACTERS = 64 * 1024 * 1024

/** CRDs as they are, then templates, sorted by path; `chart/charts/sub/templates/x.yaml` for those of subcharts. */
export function renderChart(given: Chart): readonly RenderedTemplate[] {
  const { chart, values } = settleDependencies(given)
  const placed = placedCharts(chart, values, chart.metadata.name, true)
  const { defined, faults } = defineAll(placed)
  const limits: Limits = { steps: MAX_STEPS, characters: MAX_CHARACTERS }
  const crds = placed.flatMap(at =>
    [...at.chart.crds].map(
      ([path, text]) => ({ kind: 'rendered', path: `${at.path}/${path}`, text, remarks: [] }) as const,
    ),
  )
  const rendered = placed
    .filter(({ chart: { metadata } }) => metadata.type !== 'library')
    .flatMap(at => [...at.chart.templates].filter(isRendered).map(template => placedTemplate(at, template)))
    .sort(inHelmsOrder)
    .map(({ at, name, source }): RenderedTemplate => {
      const failed = (reason: string) =>
        ({ kind: 'failed', path: name, reason, source, values: at.values }) as const
      const fault = faults.get(name)
      if (fault !== undefined) return failed(fault)
      const remarks = new Set<string>()
      const remark = (text: string): void => void remarks.add(text)
      try {
        const evaluation: Evaluation = { defined, functions: FUNCTIONS, remark, limits }
        const text = runTemplate(defined.get(name) ?? [], dataFor(at, name), { evaluation, depth: 0 })
        return { kind: 'rendered', path: name, text, remarks: [...remarks] }
      } catch (error) {
        return failed(messageOf(error))
      }
    })
  return [...crds, ...rendered].sort((a, b) => compareText(a.path, b.path))
}

interface PlacedChart {
  readonly chart: Chart
  readonly path: string
  readonly values: Dict
  readonly isRoot: boolean
  /** `.Subcharts`: the data of each, by name. */
  readonly below: readonly PlacedChart[]
}

/** The chart and everything below it, the deepest first: parents define templates after their subcharts. */
function placedCharts(chart: Chart, values: Dict, path: string, isRoot: boolean): readonly PlacedChart[] {
  const trees = chart.subcharts.map(sub => {
    const inner = values.get(sub.metadata.name)
    return placedCharts(sub, isDict(inner) ? inner : new Map(), `${path}/charts/${sub.metadata.name}`, false)
  })
  const below = trees.flatMap(tree => tree.at(-1) ?? [])
  return [...trees.flat(), { chart, path, values, isRoot, below }]
}

interface PlacedTemplate {
  readonly at: PlacedChart
  readonly name: string
  readonly source: string
}

function placedTemplate(at: PlacedChart, [path, source]: readonly [string, string]): PlacedTemplate {
  return { at, name: `${at.path}/${path}`, source }
}

/** The deeper path before the higher one, then backwards by name: what one template sets, those behind it see. */
function inHelmsOrder(a: PlacedTemplate, b: PlacedTemplate): number {
  const depth = ({ name }: PlacedTemplate): number => name.split('/').length
  return depth(b) - depth(a) || compareText(b.name, a.name)
}

/** All templates by name, and why some cannot be read. Where several define the same name, the last one counts. */
function defineAll(placed: readonly PlacedChart[]) {
  const defined = new Map<string, readonly Node[]>()
  const faults = new Map<string, string>()
  const all = placed
    .flatMap(at => [...at.chart.templates].map(template => placedTemplate(at, template)))
    .sort(inHelmsOrder)
  for (const { name, source } of all)
    try {
      const parsed = parseTemplate(source)
      defined.set(name, parsed.body)
      for (const [each, nodes] of parsed.defined) defined.set(each, nodes)
    } catch (error) {
      faults.set(name, messageOf(error))
    }
  return { defined, faults }
}

/** Partials begin with `_`; texts are notes for the user (oc-mirror v2 leaves out everything that ends in `.txt`). */
function isRendered([path]: readonly [string, string]): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !name.startsWith('_') && !name.endsWith('.txt')
}

function dataFor(at: PlacedChart, template: string): Dict {
  const { name, namespace, service } = RELEASE
  const release: Dict = new Map<string, Value>([
    ['Name', name],
    ['Namespace', namespace],
    ['Service', service],
    ['Revision', 1n],
    ['IsInstall', true],
    ['IsUpgrade', false],
  ])
  return new Map<string, Value>([
    ['Values', at.values],
    ['Chart', chartObject(at.chart.metadata, at.isRoot)],
    ['Release', release],
    ['Capabilities', capabilities()],
    ['Files', filesObject(at.chart.files)],
    [
      'Template',
      new Map([
        ['Name', template],
        ['BasePath', `${at.path}/templates`],
      ]),
    ],
    ['Subcharts', new Map(at.below.map(sub => [sub.chart.metadata.name, dataFor(sub, template)]))],
  ])
}

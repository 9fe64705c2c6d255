/**
 * Images of operators and charts that cannot be had -> which bundles and charts are incomplete for it, and what is left.
 *
 * A catalog of hundreds of operators is not given up for one image that its vendor withdrew, nor a repository of charts for
 * one of an old version. What only incomplete bundles ask for is not brought, because an operator that lacks an image does
 * not run; of a chart the other images are, because nobody knows which of them an installation uses. What the target holds
 * of either stays. An image that anything else asks for has to be there, and so has everything that a source did not clearly
 * call missing.
 */
import { MissingImageError, messageOf, PlaceError } from '../errors.ts'
import { compareText, type Destination } from '../target.ts'
import type {
  DesiredGraph,
  Incomplete,
  IncompleteBundle,
  IncompleteChart,
  MissingImage,
  Origin,
} from './graph.ts'
import { formatSource, type PlacedImage } from './naming.ts'
import type { ResolveFailure } from './resolve-error.ts'

export interface WithoutIncomplete {
  readonly graph: DesiredGraph
  /** Those that stop the plan. */
  readonly failures: readonly ResolveFailure[]
  /** Bundles, sorted by catalog, package and bundle; then charts, sorted by repository, name and version. */
  readonly incomplete: readonly Incomplete[]
  /** Where images would have gone that only incomplete bundles ask for, or that charts ask for in vain. */
  readonly withheld: readonly Destination[]
}

type BundleOrigin = Extract<Origin, { kind: 'bundle' }>
type ChartOrigin = Extract<Origin, { kind: 'chart' }>

/**
 * @param images that were resolved, or tried
 * @param known bundles that were found incomplete before anything was asked
 */
export function withoutIncomplete(
  { graph, failures }: { readonly graph: DesiredGraph; readonly failures: readonly ResolveFailure[] },
  images: readonly PlacedImage[],
  known: readonly IncompleteBundle[],
): WithoutIncomplete {
  const missing = failures.filter(failure => isMissing(failure.error) && isOperand(failure.image))
  if (missing.length === 0 && known.length === 0) return { graph, failures, incomplete: [], withheld: [] }
  const incomplete = new Map(known.map(bundle => [keyOf(bundle), bundle]))
  const charts = new Map<string, IncompleteChart>()
  for (const { image, error } of missing) {
    const lack = { image: formatSource(image.source), message: messageOf(error) }
    for (const origin of image.origins.filter(isBundle)) addMissing(incomplete, origin, lack)
    for (const origin of image.origins.filter(isChart)) addLack(charts, origin, lack)
  }
  const isWithheld = ({ origins }: Pick<PlacedImage, 'origins'>) =>
    origins.length > 0 && origins.every(origin => isBundle(origin) && incomplete.has(keyOf(origin)))
  const set = new Set(missing)
  const lacking = new Set(missing.map(({ image }) => image))
  return {
    graph: { ...graph, images: graph.images.filter(image => !isWithheld(image)) },
    failures: failures.filter(failure => !set.has(failure)),
    incomplete: [
      ...[...incomplete.values()].sort((a, b) => compareText(keyOf(a), keyOf(b))),
      ...[...charts].sort(([a], [b]) => compareText(a, b)).map(([, chart]) => chart),
    ],
    withheld: images
      .filter(image => isWithheld(image) || lacking.has(image))
      .map(({ destination }) => destination),
  }
}

function addMissing(
  incomplete: Map<string, IncompleteBundle>,
  origin: BundleOrigin,
  image: MissingImage,
): void {
  const key = keyOf(origin)
  const { catalog, package: name, bundle } = origin
  const before = incomplete.get(key)?.missing ?? []
  incomplete.set(key, { catalog, package: name, bundle, missing: [...before, image] })
}

function addLack(charts: Map<string, IncompleteChart>, origin: ChartOrigin, image: MissingImage): void {
  const { repository, chart, version } = origin
  const key = JSON.stringify([repository, chart, version])
  const before = charts.get(key)?.missing ?? []
  charts.set(key, { repository, chart, version, missing: [...before, image] })
}

/** Whether the source said that it has no such thing: any other failure may be gone tomorrow. */
function isMissing(error: unknown): boolean {
  return error instanceof MissingImageError || (error instanceof PlaceError && error.status === 404)
}

function isOperand({ origins, made }: PlacedImage): boolean {
  return made === undefined && origins.length > 0 && origins.every(each => isBundle(each) || isChart(each))
}

function isChart(origin: Origin): origin is ChartOrigin {
  return origin.kind === 'chart'
}

function isBundle(origin: Origin): origin is BundleOrigin {
  return origin.kind === 'bundle'
}

function keyOf(bundle: Pick<BundleOrigin, 'catalog' | 'package' | 'bundle'>): string {
  return JSON.stringify([bundle.catalog, bundle.package, bundle.bundle])
}

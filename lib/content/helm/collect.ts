/**
 * `mirror.helm` -> wanted images: charts found, read and rendered with their own values, and the images their documents
 * name; with `carryCharts` the charts themselves too.
 *
 * What is wrong with any chart is told together with everything that is wrong with the others.
 */
import pLimit from 'p-limit'
import type { HelmSection } from '../../config/index.ts'
import { SyntaxFault } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import { imagePlace } from '../operator/destination.ts'
import { settleAll } from '../release/failures.ts'
import type { Collected } from '../selection.ts'
import type { WantedImage } from '../wanted.ts'
import { carryChart } from './carry-chart.ts'
import type { ChartMetadata } from './chart/chart.ts'
import { ChartFault } from './chart/chart-fault.ts'
import { packChart } from './chart/pack-chart.ts'
import { readChart } from './chart/read-chart.ts'
import { unpackChart } from './chart/unpack-chart.ts'
import { type AskedChart, atPlace, chartOnDisk, chartsOfRepository } from './fetch-charts.ts'
import { imagesOfChart } from './images/chart-images.ts'
import type { ChartPlaces, ChartRenderer, HelmOptions } from './places.ts'
import { KUBERNETES_VERSION } from './render/capabilities.ts'
import { type RenderedTemplate, renderChart } from './render/render-chart.ts'
import { shownAddress } from './shown-address.ts'
import { meetsConstraint } from './version-constraint.ts'

/** Charts that are read at once. */
const CONCURRENCY = 8

/** @throws PlanError naming every repository and chart at fault; PlaceError */
export async function collectHelm(
  section: HelmSection,
  places: ChartPlaces,
  options: HelmOptions,
  signal: AbortSignal,
): Promise<Collected<WantedImage>> {
  const limit = pLimit(CONCURRENCY)
  const collectAll = (charts: readonly AskedChart[]) =>
    settleAll(
      charts.map(chart =>
        limit(() => collectChart(chart, { ...options, renderer: places.renderer }, signal)),
      ),
      signal,
    )
  const remote = section.repositories.map(async repository =>
    collectAll(await chartsOfRepository(repository, places, signal)),
  )
  const local = collectAll(section.local.map(chart => chartOnDisk(chart, places)))
  const collected = (await settleAll([...remote, local], signal)).flat()
  return {
    images: collected.flatMap(({ images }) => images),
    selections: [...Map.groupBy(collected, ({ repository }) => repository)].map(([repository, charts]) => ({
      title: `charts of ${shownAddress(repository)}`,
      kept: charts.map(({ name, why }) => ({ name, why })),
      remarks: [],
    })),
    notes: collected.flatMap(({ notes }) => notes),
  }
}

interface CollectedChart {
  readonly repository: string
  /** `podinfo 5.0.0` */
  readonly name: string
  readonly why: string
  readonly images: readonly WantedImage[]
  readonly notes: readonly string[]
}

async function collectChart(
  asked: AskedChart,
  options: HelmOptions & { readonly renderer: ChartRenderer | undefined },
  signal: AbortSignal,
): Promise<CollectedChart> {
  signal.throwIfAborted()
  const { repository, settings, why, artifact } = asked
  try {
    const content = await asked.read(signal)
    const files = content instanceof Uint8Array ? await unpackChart(content, asked.name) : content
    const chart = await readChart(files, asked.name)
    const { metadata } = chart
    const name = `${metadata.name} ${metadata.version}`
    const origin: Origin = {
      kind: 'chart',
      repository: shownAddress(repository),
      chart: metadata.name,
      version: metadata.version,
    }
    const archive = content instanceof Uint8Array ? content : packChart(files, metadata.name)
    const rendered =
      options.renderer === undefined
        ? renderChart(chart)
        : [await renderElsewhere(options.renderer, archive, asked.name)]
    const { images, notes } = imagesOfChart(rendered, settings.imagePaths, `chart ${name}`)
    const carried = { metadata, archive, repository, origin, ...(artifact !== undefined && { artifact }) }
    return {
      repository,
      name,
      why: `${why}, ${images.length === 1 ? '1 image' : `${images.length} images`}`,
      images: [
        ...images.map(reference => ({
          source: { kind: 'registry', reference } as const,
          ...imagePlace(reference),
          platforms: settings.platforms,
          origins: [origin],
        })),
        ...(options.carryCharts ? [carryChart(carried)] : []),
      ],
      notes: [...noteOther(asked, metadata), ...noteKubernetes(metadata), ...notes],
    }
  } catch (cause) {
    throw cause instanceof ChartFault || cause instanceof SyntaxFault ? atPlace(settings.place, cause) : cause
  }
}

async function renderElsewhere(
  renderer: ChartRenderer,
  archive: Uint8Array,
  what: string,
): Promise<RenderedTemplate> {
  const text = await renderer.render(archive, what)
  return { kind: 'rendered', path: 'what helm rendered', text, remarks: [] }
}

/** oc-mirror v2 does not look at what an image set calls a chart on disk. */
function noteOther(
  { expected = {}, name }: AskedChart,
  { name: chart, version }: ChartMetadata,
): readonly string[] {
  const isSame =
    (expected.name ?? chart) === chart &&
    (expected.version ?? version).replace(/^v/, '') === version.replace(/^v/, '')
  if (isSame) return []
  const said = [expected.name, expected.version].filter(each => each !== undefined).join(' ')
  return [`${name} is the chart ${chart} ${version}; the image set calls it ${said}`]
}

/** Helm would refuse it for such a cluster; here the chart's images are wanted all the same. */
function noteKubernetes({ name, version, written }: ChartMetadata): readonly string[] {
  const needed = written.get('kubeVersion')
  if (typeof needed !== 'string' || meetsConstraint(KUBERNETES_VERSION, needed) !== false) return []
  return [`chart ${name} ${version} is for Kubernetes ${needed}, and is rendered for ${KUBERNETES_VERSION}`]
}

/**
 * `mirror.helm` of all image sets -> wanted images, with what was read for them. The modules that read and render charts are
 * loaded only when an image set asks for charts.
 */
import type { ImageSet } from '../../../lib/config/index.ts'
import type { KeptDocument } from '../../../lib/content/documents.ts'
import type { ChartFiles, LocalCharts } from '../../../lib/content/helm/index.ts'
import { settleAll } from '../../../lib/content/release/failures.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import type { WebReader } from '../../../lib/provider.ts'
import type { HelmBinary } from '../../../providers/charts/index.ts'
import type { WebArguments } from '../places/open-web.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import type { CollectedReleases, CollectingPlaces } from './collect-releases.ts'

/** `held` and the choice of releases mean nothing to charts. */
export interface ChartCollecting extends Pick<CollectingPlaces, 'places' | 'invocation' | 'carried' | 'via'> {
  readonly choice: Pick<TargetChoice, 'carryCharts' | 'helmBinary' | 'hops'>
}

/** @throws UsageError, PlanError naming every repository and chart at fault, PlaceError */
export async function collectCharts(
  imageSets: readonly ImageSet[],
  args: WebArguments,
  { places, choice, invocation, carried, via }: ChartCollecting,
): Promise<CollectedReleases> {
  const asking = imageSets.flatMap(imageSet =>
    imageSet.helm === undefined ? [] : [{ imageSet, section: imageSet.helm }],
  )
  if (asking.length === 0) return { images: new Map(), selections: [], notes: [], documents: [] }
  const { collectHelm } = await import('../../../lib/content/helm/index.ts')
  const { openHelmBinary, openLocalCharts, withOciCharts } = await import(
    '../../../providers/charts/index.ts'
  )
  const { openWebPlaces } = await import('../places/open-web.ts')
  const { signal } = invocation.interrupts.soft
  const { webBehind } = await import('./hop-documents.ts')
  const { behind } = await webBehind(via, choice.hops, invocation.env)
  const through = (reader: WebReader) => withOciCharts(reader, places.sources)
  const web = await openWebPlaces(args, invocation, { carried, through, behind })
  const disk = await keepingCharts(openLocalCharts(), carried ?? [])
  let helm: HelmBinary | undefined
  try {
    if (choice.helmBinary !== undefined)
      helm = await openHelmBinary({ binary: choice.helmBinary, env: invocation.env }, signal)
    const options = { carryCharts: choice.carryCharts ?? false }
    const given = { documents: web.documents, local: disk.local, ...(helm && { renderer: helm }) }
    const collected = await settleAll(
      asking.map(({ section }) => collectHelm(section, given, options, signal)),
      signal,
    )
    return {
      images: new Map(asking.map(({ imageSet }, at) => [imageSet, collected[at]?.images ?? []])),
      selections: collected.flatMap(({ selections }) => selections),
      notes: [
        ...(helm === undefined ? [] : [`charts are rendered by helm ${helm.version}, as --helm-binary says`]),
        ...new Set(collected.flatMap(({ notes }) => notes)),
      ],
      documents: [...web.documents.used, ...disk.kept.values()],
    }
  } finally {
    await web.close()
    await helm?.close()
  }
}

interface KeptCharts {
  readonly local: LocalCharts
  /** By path, as packaged charts. */
  readonly kept: ReadonlyMap<string, KeptDocument>
}

/** What is read on disk is kept with the plan; on the far side of a gap, what came with it stands in for the disk. */
async function keepingCharts(disk: LocalCharts, carried: readonly KeptDocument[]): Promise<KeptCharts> {
  const { packChart, readMetadata } = await import('../../../lib/content/helm/index.ts')
  const kept = new Map<string, KeptDocument>()
  const packed = (found: Uint8Array | ChartFiles, path: string) =>
    found instanceof Uint8Array ? found : packChart(found, readMetadata(found, path).name)
  return {
    kept,
    local: {
      async read(path, signal) {
        const found = (await disk.read(path, signal)) ?? carried.find(({ url }) => url === path)?.bytes
        if (found === undefined) return undefined
        const bytes = packed(found, path)
        kept.set(path, { url: path, digest: digestOf(bytes), bytes })
        return found
      },
    },
  }
}

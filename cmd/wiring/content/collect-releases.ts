/**
 * `mirror.platform` of all image sets -> wanted images, with what was read to choose them. The modules that read graphs,
 * payloads and signatures are loaded only when an image set asks for releases.
 */
import type { ImageSet, PlatformSection } from '../../../lib/config/index.ts'
import type { KeptDocument } from '../../../lib/content/documents.ts'
import type { RecordedStarts } from '../../../lib/content/history/index.ts'
import type { StandingCatalogs } from '../../../lib/content/operator/index.ts'
import type { CollectedPlatform } from '../../../lib/content/release/index.ts'
import type { Selection } from '../../../lib/content/selection.ts'
import type { WantedImage } from '../../../lib/content/wanted.ts'
import type { Origin } from '../../../lib/graph/graph.ts'
import type { Hop } from '../../../providers/enclave/index.ts'
import type { Invocation } from '../../invocation.ts'
import type { Places } from '../places/open-places.ts'
import type { WebArguments } from '../places/open-web.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import type { SampleArguments } from './read-samples.ts'
import { platformOptions, type ReleaseArguments, signatureOptions } from './release-settings.ts'

export type ContentArguments = WebArguments & ReleaseArguments & SampleArguments

/** What collecting needs besides the image sets. */
export interface CollectingPlaces {
  readonly places: Pick<Places, 'sources' | 'cache'>
  readonly choice: Pick<TargetChoice, 'conditionalUpdates' | 'graphDataBaseImage' | 'hops'>
  readonly invocation: Pick<Invocation, 'env' | 'home' | 'interrupts'>
  /** Of the images in the state: what updates start from. */
  readonly held: readonly Origin[]
  /** Documents that came with an archive: the only ones there are. */
  readonly carried?: readonly KeptDocument[]
  /** The target on the way that images are read at. */
  readonly via?: Hop
  /** Of image sets of oc-mirror v1: where what earlier runs mirrored begins. */
  readonly recorded?: ReadonlyMap<ImageSet, RecordedStarts>
  /** Catalogs that the state has at the target, where that can be asked. */
  readonly standing?: StandingCatalogs
}

export interface CollectedReleases {
  /** By the image set that asks for them, whose rules on blocking hold for them. */
  readonly images: ReadonlyMap<ImageSet, readonly WantedImage[]>
  readonly selections: readonly Selection[]
  readonly notes: readonly string[]
  readonly documents: readonly KeptDocument[]
}

/** @throws UsageError, PlanError naming every release at fault, PlaceError */
export async function collectReleases(
  imageSets: readonly ImageSet[],
  args: ContentArguments,
  { places, choice, invocation, held, carried, via, recorded }: CollectingPlaces,
): Promise<CollectedReleases> {
  const asking = imageSets.flatMap(imageSet =>
    imageSet.platform === undefined ? [] : [{ imageSet, section: imageSet.platform }],
  )
  if (asking.length === 0) return { images: new Map(), selections: [], notes: [], documents: [] }
  const { collectPlatform, createReleaseReader, noteUpdates, settleAll } = await import(
    '../../../lib/content/release/index.ts'
  )
  const { openWebPlaces } = await import('../places/open-web.ts')
  const signal = invocation.interrupts.soft.signal
  const signatures = await signatureOptions(invocation.env)
  const { webBehind } = await import('./hop-documents.ts')
  const { behind, ...service } = await webBehind(via, choice.hops, invocation.env)
  const options = { ...(await platformOptions(args, choice, invocation.env)), ...service }
  const web = await openWebPlaces(args, invocation, { carried, behind })
  try {
    const read = createReleaseReader({ ...places, ...web }, signatures)
    const collected = await settleAll(
      asking.map(async ({ imageSet, section }) => {
        const releaseStarts = recorded?.get(imageSet)?.releases
        const asked = { ...options, ...(releaseStarts !== undefined && { releaseStarts }) }
        const collecting = (each: PlatformSection) =>
          collectPlatform(each, { ...places, ...web }, read, asked, signal)
        return via === undefined ? collecting(section) : collectBehind(via, section, collecting, signal)
      }),
      signal,
    )
    const choices = collected.flatMap(each => each.choices)
    return {
      images: new Map(asking.map(({ imageSet }, at) => [imageSet, collected[at]?.images ?? []])),
      selections: collected.flatMap(({ selections }) => selections),
      notes: [
        ...new Set(collected.flatMap(({ notes }) => notes)),
        ...noteUpdates(choices, held, choice.conditionalUpdates),
      ],
      documents: web.documents.used,
    }
  } finally {
    await web.close()
  }
}

/** The image of graph data is taken as the target on the way made it. */
async function collectBehind(
  via: Hop,
  section: PlatformSection,
  collecting: (section: PlatformSection) => Promise<CollectedPlatform>,
  signal: AbortSignal,
): Promise<CollectedPlatform> {
  const { heldGraphImage } = await import('../../../providers/enclave/index.ts')
  const { settleAll } = await import('../../../lib/content/release/index.ts')
  const releasing = collecting({ ...section, graph: false })
  const holding = (async () => (section.graph ? [heldGraphImage(via)] : []))()
  await settleAll<unknown>([releasing, holding], signal)
  const { images, ...rest } = await releasing
  return { ...rest, images: [...images, ...(await holding)] }
}

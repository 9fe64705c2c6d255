/**
 * `mirror.platform` of all image sets -> wanted images, with what was read to choose them. The modules that read graphs,
 * payloads and signatures are loaded only when an image set asks for releases.
 */
import type { ImageSet } from '../../lib/config/index.ts'
import type { KeptDocument } from '../../lib/content/documents.ts'
import type { Selection } from '../../lib/content/selection.ts'
import type { WantedImage } from '../../lib/content/wanted.ts'
import type { Origin } from '../../lib/graph/graph.ts'
import type { Invocation } from '../invocation.ts'
import type { TargetChoice } from './choose-target.ts'
import type { Places } from './open-places.ts'
import type { WebArguments } from './open-web.ts'
import type { SampleArguments } from './read-samples.ts'
import { platformOptions, type ReleaseArguments, signatureOptions } from './release-settings.ts'

export type ContentArguments = WebArguments & ReleaseArguments & SampleArguments

/** What collecting needs besides the image sets. */
export interface CollectingPlaces {
  readonly places: Pick<Places, 'sources' | 'cache'>
  readonly choice: Pick<TargetChoice, 'conditionalUpdates' | 'graphDataBaseImage'>
  readonly invocation: Pick<Invocation, 'env' | 'home' | 'interrupts'>
  /** Of the images in the state: what updates start from. */
  readonly held: readonly Origin[]
  /** Documents that came with an archive: the only ones there are. */
  readonly carried?: readonly KeptDocument[]
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
  { places, choice, invocation, held, carried }: CollectingPlaces,
): Promise<CollectedReleases> {
  const asking = imageSets.flatMap(imageSet =>
    imageSet.platform === undefined ? [] : [{ imageSet, section: imageSet.platform }],
  )
  if (asking.length === 0) return { images: new Map(), selections: [], notes: [], documents: [] }
  const { collectPlatform, createReleaseReader, noteUpdates, settleAll } = await import(
    '../../lib/content/release/index.ts'
  )
  const { openWebPlaces } = await import('./open-web.ts')
  const signal = invocation.interrupts.soft.signal
  const signatures = await signatureOptions(invocation.env)
  const options = await platformOptions(args, choice, invocation.env)
  const web = await openWebPlaces(args, invocation, carried)
  try {
    const read = createReleaseReader({ ...places, ...web }, signatures)
    const collected = await settleAll(
      asking.map(({ section }) => collectPlatform(section, { ...places, ...web }, read, options, signal)),
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

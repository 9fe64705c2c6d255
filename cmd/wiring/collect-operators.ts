/**
 * `mirror.operators` of all image sets -> wanted images, with what was chosen and to what catalogs were pinned. The modules
 * that read catalogs are loaded only when an image set asks for operators.
 */
import type { ImageSet, OperatorSection } from '../../lib/config/index.ts'
import type { OperatorSelection } from '../../lib/content/operator/index.ts'
import type { Selection } from '../../lib/content/selection.ts'
import type { WantedImage } from '../../lib/content/wanted.ts'
import type { IncompleteBundle, Origin } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { Invocation } from '../invocation.ts'
import { cacheFolder, type PlaceArguments, type Places } from './open-places.ts'

export interface OperatorArguments extends PlaceArguments {
  readonly allowMissingPackages?: boolean | undefined
}

export interface OperatorPlacesGiven {
  readonly places: Pick<Places, 'sources' | 'cache'>
  readonly choice: { readonly operatorSelection: OperatorSelection }
  readonly invocation: Pick<Invocation, 'env' | 'home' | 'interrupts'>
  /** Of the images in the state: what clusters may run. */
  readonly held: readonly Origin[]
}

export interface CollectedOperators {
  /** By the image set that asks for them, whose rules on blocking hold for them. */
  readonly images: ReadonlyMap<ImageSet, readonly WantedImage[]>
  readonly incomplete: ReadonlyMap<ImageSet, readonly IncompleteBundle[]>
  readonly selections: readonly Selection[]
  readonly notes: readonly string[]
  readonly pins: readonly Pin[]
}

/** A catalog and what it was pinned to. */
export interface Pin {
  readonly imageSet: ImageSet
  readonly section: OperatorSection
  readonly digest: Digest
}

const NOTHING: CollectedOperators = {
  images: new Map(),
  incomplete: new Map(),
  selections: [],
  notes: [],
  pins: [],
}

/** @throws PlanError naming every catalog, package and channel at fault; PlaceError */
export async function collectOperators(
  imageSets: readonly ImageSet[],
  args: OperatorArguments,
  { places, choice, invocation, held }: OperatorPlacesGiven,
): Promise<CollectedOperators> {
  const asking = imageSets.flatMap(imageSet =>
    (imageSet.operators ?? []).map(section => ({ imageSet, section })),
  )
  if (asking.length === 0) return NOTHING
  const { collectCatalogs } = await import('../../lib/content/operator/index.ts')
  const { openFactCache } = await import('../../providers/cache/fact-cache.ts')
  const { openDatabase } = await import('../../providers/sqlite/index.ts')
  const facts = openFactCache(args.cacheDir ?? cacheFolder(invocation.env, invocation.home))
  const collected = await collectCatalogs(
    asking.map(({ section }) => section),
    { ...places, facts, openDatabase },
    { selection: choice.operatorSelection, allowMissingPackages: args.allowMissingPackages ?? false },
    held,
    invocation.interrupts.soft.signal,
  )
  const found = asking.flatMap((asked, at) => {
    const catalog = collected[at]
    return catalog === undefined ? [] : [{ ...asked, catalog }]
  })
  const bySet = Map.groupBy(found, ({ imageSet }) => imageSet)
  return {
    images: new Map(Array.from(bySet, ([set, each]) => [set, each.flatMap(({ catalog }) => catalog.images)])),
    incomplete: new Map(
      Array.from(bySet, ([set, each]) => [set, each.flatMap(({ catalog }) => catalog.incomplete)]),
    ),
    selections: collected.flatMap(({ selections }) => selections),
    notes: collected.flatMap(({ notes }) => notes),
    pins: found.map(({ imageSet, section, catalog }) => ({ imageSet, section, digest: catalog.digest })),
  }
}

/**
 * `mirror.operators` of all image sets -> wanted images, with what was chosen and to what catalogs were pinned. The modules
 * that read catalogs are loaded only when an image set asks for operators.
 */
import type { ImageSet, OperatorSection } from '../../../lib/config/index.ts'
import { NO_STARTS, type RecordedStarts } from '../../../lib/content/history/index.ts'
import type { OperatorSelection, StandingCatalogs } from '../../../lib/content/operator/index.ts'
import type { Selection } from '../../../lib/content/selection.ts'
import type { WantedImage } from '../../../lib/content/wanted.ts'
import { PlanError } from '../../../lib/errors.ts'
import type { IncompleteBundle, Origin } from '../../../lib/graph/graph.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { Hop } from '../../../providers/enclave/index.ts'
import type { Invocation } from '../../invocation.ts'
import { cacheFolder, type PlaceArguments, type Places } from '../places/open-places.ts'

export interface OperatorArguments extends PlaceArguments {
  readonly allowMissingPackages?: boolean | undefined
}

export interface OperatorPlacesGiven {
  readonly places: Pick<Places, 'sources' | 'cache'>
  readonly choice: { readonly operatorSelection: OperatorSelection }
  readonly invocation: Pick<Invocation, 'env' | 'home' | 'interrupts'>
  /** Of the images in the state: what clusters may run. */
  readonly held: readonly Origin[]
  /** The target on the way that images are read at. */
  readonly via?: Hop
  /** Of image sets of oc-mirror v1: where what earlier runs mirrored begins. */
  readonly recorded?: ReadonlyMap<ImageSet, RecordedStarts>
  /** What the state has at the target, where that can be asked. */
  readonly standing?: StandingCatalogs
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
  { places, choice, invocation, held, via, recorded = new Map(), standing }: OperatorPlacesGiven,
): Promise<CollectedOperators> {
  const asking = imageSets.flatMap(imageSet =>
    (imageSet.operators ?? []).map(section => ({ imageSet, section })),
  )
  if (asking.length === 0) return NOTHING
  const { collectCatalogs } = await import('../../../lib/content/operator/index.ts')
  const { openFactCache } = await import('../../../providers/cache/fact-cache.ts')
  const { openDatabase } = await import('../../../providers/sqlite/index.ts')
  const facts = openFactCache(args.cacheDir ?? cacheFolder(invocation.env, invocation.home))
  const sections = asking.map(({ section }) => section)
  const collected = await collectCatalogs(
    via === undefined ? sections : await heldAt(via, sections),
    { ...places, facts, openDatabase, ...(standing && { standing }) },
    {
      selection: choice.operatorSelection,
      allowMissingPackages: args.allowMissingPackages ?? false,
      recorded: { ...NO_STARTS, catalogs: [...recorded.values()].flatMap(({ catalogs }) => catalogs) },
    },
    held,
    invocation.interrupts.soft.signal,
  ).catch(error => {
    throw via === undefined ? error : toldAt(via, error)
  })
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

async function heldAt(via: Hop, sections: readonly OperatorSection[]) {
  const { heldCatalog } = await import('../../../providers/enclave/index.ts')
  return sections.map(section => heldCatalog(via, section))
}

/** What a catalog lacks there, the source's may have. */
function toldAt({ name }: Hop, error: unknown): unknown {
  if (!(error instanceof PlanError)) return error
  const where = `the catalog is read at ${name}, where it has only what the image sets of ${name} ask for`
  const hint = error.hint === undefined ? where : `${error.hint}\n${where}`
  return new PlanError(error.message, { hint, cause: error.cause })
}

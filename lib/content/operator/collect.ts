/**
 * `mirror.operators` -> wanted images: catalogs pinned to a digest, read, filtered, and the catalog image that serves what
 * is kept, with the images of every kept bundle.
 *
 * Catalogs are read a few at a time, because each is some hundred megabytes. What is wrong with any of them is told
 * together with everything that is wrong with the others.
 */
import pLimit from 'p-limit'
import type { OperatorSection } from '../../config/index.ts'
import { PlanError } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseTag, type Tag } from '../../oci/reference.ts'
import type { ImageSource, RepositoryReader } from '../../provider.ts'
import { ImageFault } from '../image-files/image-fault.ts'
import { settleAll } from '../release/failures.ts'
import type { WantedImage } from '../wanted.ts'
import { type OpenCatalog, readCatalog } from './catalog/index.ts'
import { catalogName, catalogPlace } from './destination.ts'
import {
  checkOperatorUpdates,
  type FilteredCatalog,
  filterCatalog,
  filteredModel,
  type HeldBundle,
} from './filter/index.ts'
import { filterHash } from './filter-hash.ts'
import type { CollectedCatalog, OperatorOptions, OperatorPlaces } from './operator-collection.ts'
import { madeOnce, rebuildCatalog } from './rebuilt/index.ts'
import { relatedImages } from './related-images.ts'
import { catalogSelections } from './selections.ts'

/** Catalogs in memory at once. */
const CONCURRENCY = 2
const LATEST = parseTag('latest')

/**
 * In the order of the sections.
 *
 * @param held origins of the images in the state: what clusters may run
 * @throws PlanError naming every catalog, package and channel at fault; PlaceError
 */
export async function collectCatalogs(
  sections: readonly OperatorSection[],
  places: OperatorPlaces,
  options: OperatorOptions,
  held: readonly Origin[],
  signal: AbortSignal,
): Promise<readonly CollectedCatalog[]> {
  const limit = pLimit(CONCURRENCY)
  const names = new Set(sections.map(catalogName))
  return settleAll(
    sections.map(section =>
      limit(() => collectCatalog(section, places, options, heldOf(section, names, held), signal)),
    ),
    signal,
  )
}

async function collectCatalog(
  section: OperatorSection,
  places: OperatorPlaces,
  options: OperatorOptions,
  held: readonly HeldBundle[],
  signal: AbortSignal,
): Promise<CollectedCatalog> {
  signal.throwIfAborted()
  const { source, platforms } = section
  const name = catalogName(section)
  const reader = places.sources.open(source)
  const { digest, tag } = await pinCatalog(source, reader, section, signal)
  const catalog = await readCatalog({ reader, digest, name }, places, signal)
  const { allowMissingPackages, selection } = options
  const filtered = filterCatalog(catalog.model, section, selection, { name, allowMissingPackages })
  const made = filtered.isWhole ? undefined : await makeCatalog(section, catalog, filtered, places, signal)
  const related = relatedImages(name, filtered.packages, platforms)
  const image: WantedImage = {
    source: pinned(source, digest),
    ...catalogPlace(section, made?.root ?? digest),
    platforms: made === undefined ? platforms : [],
    origins: [{ kind: 'catalog', catalog: name }],
    ...(made !== undefined && { made }),
  }
  const remarks = [
    ...checkOperatorUpdates(catalog.model, filtered, held),
    ...(catalog.isSqlite && made !== undefined ? [FROM_DATABASE] : []),
  ]
  return {
    catalog: name,
    digest,
    images: [image, ...related.images],
    incomplete: related.incomplete,
    selections: catalogSelections({ name, digest, ...(tag && { tag }), filtered, remarks }),
    notes: [],
  }
}

const FROM_DATABASE =
  'it was a database (SQLite) and becomes a file-based catalog: check that the program in its image serves those'

interface PinnedCatalog {
  readonly digest: Digest
  readonly tag?: Tag
}

/** The digest that the image set names, or the one that its tag names now. */
async function pinCatalog(
  source: ImageSource,
  reader: RepositoryReader,
  { catalog, place }: OperatorSection,
  signal: AbortSignal,
): Promise<PinnedCatalog> {
  const { digest, tag = LATEST } =
    source.kind === 'registry' ? source.reference : { digest: undefined, tag: source.tag }
  if (digest !== undefined) return { digest }
  const found = await reader.resolve(tag, signal)
  if (found !== undefined) return { digest: found.digest, tag }
  throw new PlanError(`${place}: the catalog ${catalog} does not exist`, {
    hint: 'check the name and the tag; `skopeo list-tags` on the repository shows what there is',
  })
}

/** As plans record it: the tag may name another catalog tomorrow. A layout folder has no names by digest. */
function pinned(source: ImageSource, digest: Digest): ImageSource {
  if (source.kind === 'layout') return source
  const { host, path } = source.reference
  return { kind: 'registry', reference: { host, path, digest } }
}

function makeCatalog(
  section: OperatorSection,
  { digest, model, documents }: OpenCatalog,
  filtered: FilteredCatalog,
  { sources, cache, facts }: OperatorPlaces,
  signal: AbortSignal,
) {
  const { source, platforms } = section
  const left = filteredModel(model, filtered)
  const key = { catalog: digest, filterHash: filterHash(section, digest), left }
  const request = { reader: sources.open(source), digest, platforms, documents, left }
  return madeOnce(facts, key, () =>
    rebuildCatalog(request, cache, signal).catch(error => throwAt(section, error)),
  )
}

/** A platform that the catalog lacks is mended where the image set asks for it. */
function throwAt({ place }: OperatorSection, error: unknown): never {
  if (!(error instanceof ImageFault)) throw error
  throw new PlanError(`${place}: ${error.message}`, { hint: error.hint, cause: error.cause })
}

/** Of this catalog, or of another version of it that is not wanted any more. */
function heldOf(
  section: OperatorSection,
  wanted: ReadonlySet<string>,
  held: readonly Origin[],
): readonly HeldBundle[] {
  const name = catalogName(section)
  const isOf = (catalog: string) =>
    catalog === name || (!wanted.has(catalog) && untagged(catalog) === untagged(name))
  return held.flatMap(origin =>
    origin.kind === 'bundle' && isOf(origin.catalog)
      ? [{ package: origin.package, bundle: origin.bundle }]
      : [],
  )
}

function untagged(catalog: string): string {
  return catalog.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

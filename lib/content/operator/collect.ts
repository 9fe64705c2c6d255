/**
 * `mirror.operators` -> wanted images: catalogs pinned to a digest, read, filtered, and the catalog image that serves what
 * is kept, with the images of every kept bundle.
 *
 * Catalogs are read a few at a time, because each is some hundred megabytes. What is wrong with any of them is told
 * together with everything that is wrong with the others.
 */
import pLimit from 'p-limit'
import type { OperatorSection } from '../../config/index.ts'
import { MissingImageError, PlanError } from '../../errors.ts'
import type { MadeImage, Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseTag, type Tag } from '../../oci/reference.ts'
import type { ImageSource, RepositoryReader } from '../../provider.ts'
import { NO_STARTS } from '../history/index.ts'
import { ImageFault } from '../image-files/image-fault.ts'
import { settleAll } from '../release/failures.ts'
import type { WantedImage } from '../wanted.ts'
import { type OpenCatalog, readCatalog } from './catalog/index.ts'
import { catalogName, catalogPlace, imagePlaces } from './destination.ts'
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
import { catalogToPublish } from './standing-catalog.ts'
import { filterCatalogV1, startsOf } from './v1/index.ts'

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
    sections.map(section => limit(() => collectCatalog(section, { names, held }, places, options, signal))),
    signal,
  )
}

interface Surroundings {
  /** Of all catalogs that are asked for. */
  readonly names: ReadonlySet<string>
  readonly held: readonly Origin[]
}

async function collectCatalog(
  section: OperatorSection,
  { names, held }: Surroundings,
  places: OperatorPlaces,
  options: OperatorOptions,
  signal: AbortSignal,
): Promise<CollectedCatalog> {
  signal.throwIfAborted()
  const { source, platforms } = section
  const name = catalogName(section)
  const reader = places.sources.open(source)
  const { digest, tag } = await pinCatalog(source, reader, section, signal)
  const catalog = await readCatalog({ reader, digest, name }, places, signal)
  const filtered = chooseFrom(catalog, section, options, held)
  const { made, notes }: Published = filtered.isWhole
    ? { made: undefined, notes: [] }
    : await publish(section, catalog, filtered, places, signal)
  const related = relatedImages(name, filtered.packages, platforms, imagePlaces(section))
  const image: WantedImage = {
    source: pinned(source, digest),
    ...catalogPlace(section, made?.root ?? digest),
    platforms: made === undefined ? platforms : [],
    origins: [{ kind: 'catalog', catalog: name }],
    ...(made !== undefined && { made }),
  }
  const remarks = [
    ...checkOperatorUpdates(catalog.model, filtered, heldOf(section, names, held)),
    ...(catalog.isSqlite && made !== undefined ? [FROM_DATABASE] : []),
  ]
  return {
    catalog: name,
    digest,
    images: [image, ...related.images],
    incomplete: related.incomplete,
    selections: catalogSelections({ name, digest, ...(tag && { tag }), filtered, remarks }),
    notes,
  }
}

/** By the rules that hold for the image set it is asked for in. */
function chooseFrom(
  { model }: OpenCatalog,
  section: OperatorSection,
  { selection, allowMissingPackages, recorded = NO_STARTS }: OperatorOptions,
  held: readonly Origin[],
): FilteredCatalog {
  const name = catalogName(section)
  const asked = { name, allowMissingPackages }
  if (section.v1 === undefined) return filterCatalog(model, section, selection, asked)
  const starts = startsOf(model, { name, uniqueName: section.v1.uniqueName, recorded, held })
  return filterCatalogV1(model, section, starts, asked)
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
  throw new MissingImageError(`${place}: the catalog ${catalog}`, reader.absence)
}

/** As plans record it: the tag may name another catalog tomorrow. A layout folder has no names by digest. */
function pinned(source: ImageSource, digest: Digest): ImageSource {
  if (source.kind === 'layout') return source
  const { host, path } = source.reference
  return { kind: 'registry', reference: { host, path, digest } }
}

interface Published {
  /** undefined where the catalog is published as it is. */
  readonly made: MadeImage | undefined
  readonly notes: readonly string[]
}

/** What is made of it, or what stands at the target and is the same in all but its bytes. */
async function publish(
  section: OperatorSection,
  { digest, model, documents }: OpenCatalog,
  filtered: FilteredCatalog,
  places: OperatorPlaces,
  signal: AbortSignal,
): Promise<Published> {
  const { source, platforms } = section
  const left = filteredModel(model, filtered)
  const key = { catalog: digest, filterHash: filterHash(section, digest), left }
  const request = { reader: places.sources.open(source), digest, platforms, documents, left }
  const made = await madeOnce(places.facts, key, () =>
    rebuildCatalog(request, places.cache, signal).catch(error => throwAt(section, error)),
  )
  const standing = places.standing?.(published => catalogPlace(section, published))
  if (standing === undefined) return { made, notes: [] }
  return catalogToPublish(standing, { source: catalogName(section), made, left }, places, signal)
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

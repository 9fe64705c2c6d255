/**
 * Mappings -> wanted images: wildcards become the tags that are there, lists are cut down by `--filter-by-os`, and what a
 * source does not have is left out where that was asked for. Sources are asked only for what this needs.
 */
import pLimit from 'p-limit'
import { messageOf, PlaceError, PlanError, SyntaxFault } from '../../errors.ts'
import { isCosignTag } from '../../oci/attachment-tags.ts'
import { type Manifest, parseManifest } from '../../oci/manifest.ts'
import { manifestKindOf } from '../../oci/media-types.ts'
import { parseTag, pullBy, type RepositoryPath, type Tag } from '../../oci/reference.ts'
import { oncePerKey } from '../../once-per-key.ts'
import {
  canListTags,
  type ImageSource,
  type ManifestCache,
  type RepositoryReader,
  type Sources,
} from '../../provider.ts'
import { settleAll } from '../release/failures.ts'
import type { WantedImage } from '../wanted.ts'
import type { InsideMapping } from './inside-target.ts'
import { chooseFromList, type ListFilter } from './list-filter.ts'
import { tagPattern } from './mapping-source.ts'

/** What is left out instead of ending the plan: nothing; what is not there (`--skip-missing`); whatever fails. */
export type Tolerance = 'nothing' | 'missing' | 'failures'

export interface MappedOptions {
  readonly filter: ListFilter | undefined
  readonly tolerance: Tolerance
}

export interface MappedPlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
}

export interface CollectedMapped {
  readonly images: readonly WantedImage[]
  /** What could not be had: what is at these places stays. */
  readonly missing: readonly MissedPlace[]
  readonly notes: readonly string[]
}

/** Where one image would have gone; or, where a wildcard could not be looked up, all that it may have brought before. */
export type MissedPlace =
  | Pick<WantedImage, 'repository' | 'tag'>
  | { readonly repository: RepositoryPath; readonly tags: string }

/** One image that a mapping asks for. */
interface Asked {
  readonly name: string
  /** The same with the tag that a wildcard stands for. */
  readonly shown: string
  readonly source: ImageSource
  readonly repository: RepositoryPath
  readonly tag: Tag
}

/** Sources asked at once. */
const CONCURRENCY = 24

/** @throws PlanError naming everything that cannot be had, UsageError */
export async function collectMapped(
  mappings: readonly InsideMapping[],
  places: MappedPlaces,
  options: MappedOptions,
  signal: AbortSignal,
): Promise<CollectedMapped> {
  const limit = pLimit(CONCURRENCY)
  const tagsOnce = oncePerKey<string, readonly Tag[]>()
  const expanding = mappings.map(mapping =>
    limit(() => expand(mapping, places.sources, tagsOnce, options.tolerance, signal)),
  )
  const expanded = await settleAll(expanding, signal)
  const asked = expanded.flatMap(one => one.asked)
  const looking = asked.map(one => limit(() => look(one, places, options, signal)))
  const looked = await settleAll(looking, signal)
  const missed = [...expanded, ...looked].flatMap(one => one.missed ?? [])
  return {
    images: looked.flatMap(({ image }) => image ?? []),
    missing: missed.map(({ place }) => place),
    notes: [...missed.map(({ note }) => note), ...filteredNotes(looked)],
  }
}

/** What is left out, and the line that says so. */
interface Missed {
  readonly place: MissedPlace
  readonly note: string
}

interface Expanded {
  readonly asked: readonly Asked[]
  readonly missed?: Missed
}

async function expand(
  { source: { name, source, tags: pattern }, repository, tag }: InsideMapping,
  sources: Sources,
  once: ReturnType<typeof oncePerKey<string, readonly Tag[]>>,
  tolerance: Tolerance,
  signal: AbortSignal,
): Promise<Expanded> {
  if (pattern === undefined)
    return { asked: tag === undefined ? [] : [{ name, shown: name, source, repository, tag }] }
  const reader = sources.open(source)
  try {
    const isMeant = tagPattern(pattern)
    const tags = await once(reader.name, () => listTags(reader, signal))
    const found = tags.filter(each => isMeant.test(each) && (isNamed(pattern) || !isCosignTag(each)))
    if (found.length === 0)
      throw new PlaceError(tolerance === 'nothing' ? `${name} stands for no image` : 'no tag matches', {
        status: 404,
        hint: 'no tag of the repository matches; with --skip-missing that is only told',
      })
    const bare = name.includes('*') ? name.slice(0, name.lastIndexOf(':')) : name
    return {
      asked: found.map(each => ({
        name,
        shown: `${bare}:${each}`,
        source: withTag(source, each),
        repository,
        tag: each,
      })),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!isTolerable(error, tolerance, true)) throw error
    const note = `${name} is not mirrored: ${messageOf(error)}`
    return { asked: [], missed: { place: { repository, tags: pattern }, note } }
  }
}

/** Signatures travel with their image, and are images of their own only where a pattern begins as their tags do. */
function isNamed(pattern: string): boolean {
  return /^sha\d/.test(pattern)
}

async function listTags(reader: RepositoryReader, signal: AbortSignal): Promise<readonly Tag[]> {
  if (!canListTags(reader))
    throw new PlanError(`${reader.name} cannot say which tags it has`, { hint: 'write the tags out' })
  return (await reader.tags(signal))?.tags ?? []
}

function withTag(source: ImageSource, tag: Tag): ImageSource {
  return source.kind === 'layout'
    ? { ...source, tag }
    : { kind: 'registry', reference: { ...source.reference, tag } }
}

interface Looked {
  readonly image?: WantedImage
  readonly missed?: Missed
  /** What the filter leaves nothing of. */
  readonly filtered?: string
}

/** What fails here without tolerance fails again while resolving, where all failures are told together. */
async function look(
  asked: Asked,
  { sources, cache }: MappedPlaces,
  { filter, tolerance }: MappedOptions,
  signal: AbortSignal,
): Promise<Looked> {
  const { name, shown, source, repository, tag } = asked
  const whole: WantedImage = { source, repository, tag, platforms: [], origins: [{ kind: 'mapping', name }] }
  if (filter === undefined && tolerance === 'nothing') return { image: whole }
  try {
    const reader = sources.open(source)
    const by = source.kind === 'registry' ? pullBy(source.reference) : (source.tag ?? parseTag('latest'))
    const found = await reader.resolve(by, signal)
    if (found === undefined) throw new PlaceError('it does not exist', { status: 404 })
    const kind = manifestKindOf(found.mediaType)
    if (kind === 'image' || (kind === 'index' && filter === undefined)) return { image: whole }
    const raw = (await cache.get(found.digest)) ?? (await reader.manifest(found.digest, signal))
    await cache.put(raw)
    const manifest = parseManifest(raw, shown)
    return filter === undefined ? { image: whole } : cutDown(whole, shown, manifest, filter)
  } catch (error) {
    signal.throwIfAborted()
    const byTag = source.kind === 'layout' || source.reference.digest === undefined
    if (tolerance === 'nothing') return { image: whole }
    if (!isTolerable(error, tolerance, byTag)) throw error
    const note = `${shown} is not mirrored: ${messageOf(error)}`
    return { missed: { place: { repository, tag }, note } }
  }
}

function cutDown(whole: WantedImage, shown: string, manifest: Manifest, filter: ListFilter): Looked {
  if (manifest.kind !== 'index') return { image: whole }
  const choice = chooseFromList(filter, manifest)
  switch (choice.take) {
    case 'all':
      return { image: whole }
    case 'none':
      return { filtered: shown }
    case 'some':
      return { image: { ...whole, platforms: choice.platforms, platformIndex: choice.index } }
    case 'one': {
      const { source } = whole
      if (source.kind === 'layout')
        return { image: { ...whole, platforms: [choice.platform], platformIndex: 'rewrite' } }
      const reference = { ...source.reference, digest: choice.digest }
      return { image: { ...whole, source: { kind: 'registry', reference } } }
    }
    default:
      return choice satisfies never
  }
}

/** For an image by digest only 404 says that it is missing; a tag may be kept from us instead (`oc image mirror`). */
function isTolerable(error: unknown, tolerance: Tolerance, byTag: boolean): boolean {
  switch (tolerance) {
    case 'nothing':
      return false
    case 'missing':
      if (!(error instanceof PlaceError)) return false
      return error.status === 404 || (byTag && (error.status === 401 || error.status === 403))
    case 'failures':
      return error instanceof PlaceError || error instanceof SyntaxFault
    default:
      return tolerance satisfies never
  }
}

/** Told by name; of more, one note names the first. */
const TOLD = 3

function filteredNotes(looked: readonly Looked[]): readonly string[] {
  const names = looked.flatMap(({ filtered }) => filtered ?? [])
  if (names.length === 0) return []
  const more = names.length > TOLD ? ` and ${names.length - TOLD} more` : ''
  const shown = names.slice(0, TOLD).join(', ')
  return [`not mirrored, because --filter-by-os leaves nothing of them: ${shown}${more}`]
}

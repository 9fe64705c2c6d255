/**
 * Everything other tools left on a disk -> where they would have put it, and where it came from as far as that is written
 * down: by the workspace that an archive of oc-mirror v2 carries, by the metadata of one of v1.
 *
 * The catalog that oc-mirror v2 made lies beside the one it was made from, under a tag that is a hash; it is the one that is
 * published, under the tag of the other (oc-mirror v2, catalog destination).
 */
import { parseImageSource } from '../../lib/config/index.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Origin } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { Platform } from '../../lib/oci/platform.ts'
import { inheritedTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import type { ImageSource } from '../../lib/provider.ts'
import { chosenPlatforms } from './chosen-platforms.ts'
import { originByName } from './origin-by-name.ts'
import type { StoredImage, StoredImages } from './stored-images.ts'
import { aliasKey, placeOnDisk, type StoredAliases, type StoredName } from './stored-sources.ts'
import { readWorkspace } from './workspace.ts'
import { WORKING_FOLDER, type Workspace } from './workspace-model.ts'
import { type ProposedImage, proposeNames } from './workspace-pairs.ts'

export interface NamedImage {
  readonly repository: RepositoryPath
  readonly tag: Tag
  readonly digest: Digest
  readonly source: ImageSource
  readonly origins: readonly Origin[]
  /** Of an index that was stored with a choice of platforms; empty means all. */
  readonly platforms: readonly Platform[]
}

export interface NamedImages {
  /** Each destination once, as the first has it. */
  readonly images: readonly NamedImage[]
  /** So that each image is found by its source. */
  readonly aliases: StoredAliases
  readonly problems: readonly string[]
}

/** @param all newest first, as far as that is known */
export async function nameStored(all: readonly StoredImages[], signal: AbortSignal): Promise<NamedImages> {
  const images = new Map<string, NamedImage>()
  const holders = new Map<string, StoredImages>()
  const aliases = new Map<string, StoredName>()
  const problems: string[] = []
  for (const stored of all) {
    problems.push(...stored.problems.map(problem => `${stored.name}: ${problem}`))
    const listing = await stored.list(signal)
    problems.push(...listing.problems.map(problem => `${stored.name}: ${problem}`))
    const workspace = await workspaceIn(stored, problems, signal)
    const proposed = new Map(
      workspace && proposeNames(workspace).images.map(image => [image.destination, image]),
    )
    const makings = new Set(
      workspace?.catalogs.flatMap(({ filtered }) => filtered.map(({ hash }) => hash)) ?? [],
    )
    for (const image of listing.images) {
      if (image.tag !== undefined && makings.has(image.tag)) continue
      const tag = inheritedTag(image)
      const key = `${image.repository}:${tag}`
      const named = nameOne(stored, { ...image, tag }, proposed.get(key))
      const [before, holder] = [images.get(key), holders.get(key)]
      if (before !== undefined && holder !== undefined) {
        const isOther = named !== undefined && named.digest !== before.digest
        if (isOther && !isNewer(holder, stored)) problems.push(takenFrom(key, holder, stored))
      } else if (named === undefined)
        problems.push(
          `${key} is left out: several catalogs were made of it, and nothing says which is published; name what you want with -c`,
        )
      else {
        const platforms = await chosenPlatforms(stored, image.repository, named.digest, signal)
        images.set(key, { ...named, platforms })
        holders.set(key, stored)
        aliases.set(aliasKey(named.source, tagOf(named.source) ?? tag), {
          repository: image.repository,
          digest: named.digest,
        })
      }
    }
  }
  return { images: [...images.values()], aliases, problems }
}

/** Only archives of one tool tell which of them is. */
function isNewer(a: StoredImages, b: StoredImages): boolean {
  const isTold = a.written !== undefined && b.written !== undefined && a.kind === b.kind
  return isTold && a.written > b.written
}

function takenFrom(key: string, first: StoredImages, second: StoredImages): string {
  return `${key} is another image in ${first.name} than in ${second.name}, and nothing says which is newer: that of the first is brought; name the other first for the other`
}

/** The workspace that travelled along; undefined where none did. */
export async function workspaceIn(
  stored: StoredImages,
  problems: string[],
  signal: AbortSignal,
): Promise<Workspace | undefined> {
  const names = await stored.documents()
  if (!names.some(name => name.startsWith(`${WORKING_FOLDER}/`))) return undefined
  try {
    const workspace = await readWorkspace(stored, signal)
    problems.push(...workspace.problems.map(problem => `${stored.name}: ${problem}`))
    return workspace
  } catch (error) {
    signal.throwIfAborted()
    problems.push(messageOf(error))
    return undefined
  }
}

/** undefined for a catalog of which nobody knows what is published. */
function nameOne(
  stored: StoredImages,
  { repository, tag, digest, origin }: StoredImage & { readonly tag: Tag },
  proposed: ProposedImage | undefined,
): Omit<NamedImage, 'platforms'> | undefined {
  const onDisk = placeOnDisk(stored, repository, tag)
  if (proposed?.kind === 'catalog') {
    if (proposed.digest === undefined) return undefined
    const source = publishedSource(proposed) ?? onDisk
    return { repository, tag, digest: proposed.digest, source, origins: proposed.origins }
  }
  const isSame = proposed !== undefined && (proposed.digest ?? digest) === digest
  const known = isSame ? proposed.source : origin
  const source = (known === undefined ? undefined : sourceOf(known)) ?? onDisk
  const name = known ?? `${repository}:${tag}`
  const origins = isSame ? proposed.origins : [originByName(repository, tag) ?? additional(name)]
  return { repository, tag, digest, source, origins }
}

function additional(name: string): Origin {
  return { kind: 'additionalImage', name }
}

function sourceOf(text: string): ImageSource | undefined {
  try {
    return parseImageSource(text)
  } catch {
    return undefined
  }
}

/**
 * As an image is called that a proposal speaks of; undefined where that is no reference. A catalog that oc-mirror made is
 * named by its own digest, although its source has none of that: there is no other name for it.
 */
export function publishedSource({ kind, source, digest }: ProposedImage): ImageSource | undefined {
  const found = sourceOf(source)
  if (kind !== 'catalog' || digest === undefined || found?.kind !== 'registry') return found
  const { host, path } = found.reference
  return { kind: 'registry', reference: { host, path, digest } }
}

function tagOf(source: ImageSource): Tag | undefined {
  return source.kind === 'registry' ? source.reference.tag : source.tag
}

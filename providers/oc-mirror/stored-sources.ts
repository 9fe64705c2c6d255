/**
 * Stored images asked for by the references they were copied from, or by the names they were given on the disk. Those tools
 * drop the host, so that of two hosts with the same path only one can be in there, and nobody knows which; whoever asks by
 * digest gets the right one or none.
 *
 * Releases are stored under names of their own (oc-mirror v2 and v1, destinations): payloads as `openshift/release-images`,
 * their components as `openshift/release`. What else was given another name is told by `aliases`.
 */
import { repositoryOfFolder } from '../../lib/config/index.ts'
import {
  isRepositoryPath,
  parseRepositoryPath,
  type RepositoryPath,
  repositoryName,
  type Tag,
} from '../../lib/oci/reference.ts'
import type { ImageSource, Sources } from '../../lib/provider.ts'
import type { StoredImages } from './stored-images.ts'
import { type HeldThere, type StoredName, StoredPlace } from './stored-place.ts'

export type { HeldThere, StoredName }

const RELEASE_NAMESPACE = 'openshift-release-dev/'
const PAYLOAD = 'openshift-release-dev/ocp-release'
const STORED_PAYLOADS = parseRepositoryPath('openshift/release-images')
const STORED_COMPONENTS = parseRepositoryPath('openshift/release')

/** By `aliasKey`. */
export type StoredAliases = ReadonlyMap<string, StoredName>

export interface StoredSourcesOptions {
  readonly aliases?: StoredAliases
  readonly heldThere?: HeldThere
}

export interface StoredSources extends Sources {
  open(source: ImageSource): StoredPlace
}

/**
 * @param all newest first: what several have is read from the first
 * @throws SyntaxFault (from `open`) for a layout folder that cannot have been given a repository.
 */
export function storedSources(
  all: readonly StoredImages[],
  { aliases = new Map(), heldThere = () => [] }: StoredSourcesOptions = {},
): StoredSources {
  const places = new Map<string, StoredPlace>()
  return {
    open(source) {
      const name = nameOf(source)
      const renamed = (tag: Tag) => aliases.get(`${name}:${tag}`)
      const known = places.get(name) ?? new StoredPlace(name, all, pathsOf(source, all), renamed, heldThere)
      places.set(name, known)
      return known
    },
  }
}

/** `quay.io/acme/app:v1`, `oci:/srv/layout:latest` */
export function aliasKey(source: ImageSource, tag: Tag): string {
  return `${nameOf(source)}:${tag}`
}

/** Where these tools keep what comes from a repository: without its host. */
export function storedAt(path: RepositoryPath): RepositoryPath {
  if (path.startsWith(PAYLOAD)) return STORED_PAYLOADS
  return path.startsWith(RELEASE_NAMESPACE) ? STORED_COMPONENTS : path
}

/** As an image is called of which only its place on the disk is known: `oci:/media/disc/acme/app:v1`. */
export function placeOnDisk({ folder }: StoredImages, repository: RepositoryPath, tag: Tag): ImageSource {
  return { kind: 'layout', folder: `${folder}/${repository}`, tag }
}

function pathsOf(
  source: ImageSource,
  all: readonly StoredImages[],
): readonly [RepositoryPath, ...RepositoryPath[]] {
  if (source.kind === 'layout') {
    const within = all.find(({ folder }) => source.folder.startsWith(`${folder}/`))
    const path = within && source.folder.slice(within.folder.length + 1)
    return [path !== undefined && isRepositoryPath(path) ? path : repositoryOfFolder(source.folder)]
  }
  const { path } = source.reference
  const stored = storedAt(path)
  return stored === path ? [path] : [stored, path]
}

function nameOf(source: ImageSource): string {
  return source.kind === 'registry' ? repositoryName(source.reference) : `oci:${source.folder}`
}

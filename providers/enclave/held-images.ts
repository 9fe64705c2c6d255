/**
 * The state of a target on the way -> which image stands for an original name, and which of its repositories has a digest.
 *
 * For clusters, rules for whole namespaces have to do; here the state itself answers, which knows every tag and digest.
 */
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { type RepositoryPath, repositoryName, type Tag } from '../../lib/oci/reference.ts'
import type { ImageSource } from '../../lib/provider.ts'
import type { State, StateImage } from '../../lib/state.ts'

export interface HeldImages {
  /** Images that came from a repository, in the order of their destinations. */
  of(name: string): readonly StateImage[]
  /** The image that a tag of the repository stands for; undefined when none was brought by it. */
  named(name: string, tag: Tag): StateImage | undefined
  /** A repository that has the manifest or blob; undefined when the state knows of none. */
  placeOf(digest: Digest): RepositoryPath | undefined
}

export function heldImages(state: State): HeldImages {
  const byName = Map.groupBy(state.images, ({ source }) => sourceName(parseSource(source)))
  let places: ReadonlyMap<Digest, RepositoryPath> | undefined
  return {
    of: name => byName.get(name) ?? [],
    named: (name, tag) => {
      const images = byName.get(name) ?? []
      return images.find(image => tagOf(image) === tag) ?? images.find(image => isKnownAs(image, name, tag))
    },
    placeOf: digest => {
      places ??= placesIn(state)
      return places.get(digest)
    },
  }
}

/** `quay.io/acme/app`, `oci:/srv/layout` */
export function sourceName(source: ImageSource): string {
  return source.kind === 'registry' ? repositoryName(source.reference) : `oci:${source.folder}`
}

function tagOf(image: StateImage): Tag | undefined {
  const source = parseSource(image.source)
  return source.kind === 'registry' ? source.reference.tag : source.tag
}

/**
 * What is brought by digest although it is asked for by tag: a catalog goes by the name that its image set gives it, a
 * release by the tag it has at the target.
 */
function isKnownAs(image: StateImage, name: string, tag: Tag): boolean {
  if (tagOf(image) !== undefined) return false
  return image.origins.some(origin => {
    switch (origin.kind) {
      case 'catalog':
        return origin.catalog === `${name}:${tag}` || (tag === 'latest' && origin.catalog === name)
      case 'release':
        return image.destination.tag === tag
      default:
        return false
    }
  })
}

function placesIn(state: State): ReadonlyMap<Digest, RepositoryPath> {
  const places = new Map<Digest, RepositoryPath>()
  for (const image of state.images) {
    const manifests = closureOf(state, image)
    for (const digest of [...manifests, ...blobsBelow(state, manifests)])
      if (!places.has(digest)) places.set(digest, image.destination.repository)
  }
  return places
}

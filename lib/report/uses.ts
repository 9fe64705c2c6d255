/**
 * Why is this here? Finds every image that contains a digest, or that is known by a reference, with the way from the
 * image down to it. Pure search over images of a state or a plan.
 */
import { type ImageContent, type ManifestNode, type ManifestStore, manifestsBelow } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../oci/media-types.ts'
import { formatReference, parseReference, repositoryName } from '../oci/reference.ts'
import { destinationKey, formatDestination, type TargetAddress } from '../target.ts'

/** How an image comes to contain, or to be named by, what was asked for. `path` runs from the top down to `digest`. */
export type Route =
  | { readonly via: 'destination' }
  | { readonly via: 'source' }
  | { readonly via: 'source-digest'; readonly digest: Digest }
  /** Of an image that mirrorform put together. */
  | { readonly via: 'base'; readonly digest: Digest }
  | { readonly via: 'root'; readonly digest: Digest }
  | {
      readonly via: 'manifest' | 'config' | 'layer' | 'foreign-layer' | 'attachment'
      readonly digest: Digest
      readonly path: readonly Digest[]
    }
  /** Listed by the image's index, left out by its platform choice. */
  | { readonly via: 'omitted'; readonly digest: Digest }

export interface Use {
  readonly image: ImageContent
  readonly routes: readonly Route[]
}

/** Fewer hex characters than this name too many things to be a digest somebody meant. */
const LEAST_HEX = 7

/**
 * @param query a digest (or its first seven or more hex characters, with or without `sha256:`), a source reference, or
 *   a destination as mirrorform prints it; references also without tag.
 */
export function findUses(
  store: ManifestStore,
  images: readonly ImageContent[],
  query: string,
  target?: TargetAddress,
): readonly Use[] {
  const named = nameMatcher(query.trim(), target)
  const isWanted = digestMatcher(query.trim())
  return images.flatMap(image => {
    const routes = [...named(image), ...(isWanted === undefined ? [] : contentRoutes(store, image, isWanted))]
    return routes.length === 0 ? [] : [{ image, routes }]
  })
}

function digestMatcher(query: string): ((digest: Digest) => boolean) | undefined {
  const [, algorithm = '', hex = ''] = /^(?:.*@)?(sha256:|sha512:)?([0-9a-f]+)…?$/.exec(query) ?? []
  if (hex.length < LEAST_HEX) return undefined
  return digest =>
    (algorithm === '' ? digest.slice(digest.indexOf(':') + 1) : digest).startsWith(algorithm + hex)
}

function nameMatcher(
  query: string,
  target: TargetAddress | undefined,
): (image: ImageContent) => readonly Route[] {
  const sources = new Set([query, ...canonicalNames(query)])
  const prefix = target?.kind === 'registry' && target.prefix !== '' ? `${target.prefix}/` : ''
  return image => {
    const key = destinationKey(image.destination)
    const full = target === undefined ? key : formatDestination(target, image.destination)
    const below = key.startsWith(prefix) ? key.slice(prefix.length) : key
    const destinations = [key, full, below].flatMap(name => [name, withoutTag(name)])
    const source = [image.source, withoutTag(image.source)]
    return [
      ...(destinations.includes(query) ? [{ via: 'destination' } as const] : []),
      ...(source.some(name => sources.has(name)) ? [{ via: 'source' } as const] : []),
    ]
  }
}

/** `alpine` also means `docker.io/library/alpine`. */
function canonicalNames(query: string): readonly string[] {
  try {
    const reference = parseReference(query)
    const bare = reference.tag === undefined && reference.digest === undefined
    return [formatReference(reference), ...(bare ? [repositoryName(reference)] : [])]
  } catch {
    return []
  }
}

function withoutTag(name: string): string {
  const at = name.indexOf('@')
  const named = at < 0 ? name : name.slice(0, at)
  const colon = named.lastIndexOf(':')
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named
}

function contentRoutes(
  store: ManifestStore,
  image: ImageContent,
  isWanted: (digest: Digest) => boolean,
): readonly Route[] {
  const { digest, sourceDigest, omitted, attachments } = image
  const below = new Set(omitted)
  const found: Route[] = []
  if (isWanted(digest)) found.push({ via: 'root', digest })
  if (sourceDigest !== undefined && sourceDigest !== digest && isWanted(sourceDigest))
    found.push({ via: isMade(store, image) ? 'base' : 'source-digest', digest: sourceDigest })
  found.push(...routesBelow(store, digest, below, isWanted))
  for (const attachment of attachments) {
    if (isWanted(attachment.digest))
      found.push({
        via: 'attachment',
        digest: attachment.digest,
        path: [attachment.subject, attachment.digest],
      })
    const routes = routesBelow(store, attachment.digest, below, isWanted)
    found.push(
      ...routes.map(route =>
        'path' in route ? { ...route, path: [attachment.subject, ...route.path] } : route,
      ),
    )
  }
  found.push(...omitted.filter(isWanted).map(left => ({ via: 'omitted', digest: left }) as const))
  return found
}

/** What lies below `root`, itself excluded; each path begins with it. */
function routesBelow(
  store: ManifestStore,
  root: Digest,
  omitted: ReadonlySet<Digest>,
  isWanted: (digest: Digest) => boolean,
): readonly Route[] {
  const parents = new Map<Digest, Digest>()
  const manifests = manifestsBelow(store, root, omitted)
  for (const digest of manifests)
    for (const child of store.manifests.get(digest)?.manifests ?? [])
      if (!parents.has(child)) parents.set(child, digest)
  return manifests.flatMap((digest): readonly Route[] => {
    const node = store.manifests.get(digest)
    const path = pathTo(digest, parents)
    const own: readonly Route[] =
      digest !== root && isWanted(digest) ? [{ via: 'manifest', digest, path }] : []
    return node === undefined ? own : [...own, ...blobRoutes(node, path, isWanted)]
  })
}

function blobRoutes(
  node: ManifestNode,
  path: readonly Digest[],
  isWanted: (digest: Digest) => boolean,
): readonly Route[] {
  const blobs = node.blobs.flatMap((digest, at) =>
    isWanted(digest)
      ? [{ via: at === 0 && hasConfig(node) ? 'config' : 'layer', digest, path: [...path, digest] } as const]
      : [],
  )
  const foreign = (node.foreign ?? []).filter(isWanted)
  return [
    ...blobs,
    ...foreign.map(digest => ({ via: 'foreign-layer', digest, path: [...path, digest] }) as const),
  ]
}

/** Whether mirrorform made the image itself, and not only a smaller index of what the source has. */
export function isMade(store: ManifestStore, image: ImageContent): boolean {
  return manifestsBelow(store, image.digest, new Set(image.omitted)).some(digest => {
    const node = store.manifests.get(digest)
    return node?.text !== undefined && hasConfig(node)
  })
}

/** Image manifests always name a config, and it comes first among their blobs. */
export function hasConfig(node: ManifestNode): boolean {
  return node.mediaType === OCI_MANIFEST || node.mediaType === DOCKER_MANIFEST
}

function pathTo(digest: Digest, parents: ReadonlyMap<Digest, Digest>): readonly Digest[] {
  const path = [digest]
  for (let at = parents.get(digest); at !== undefined; at = parents.get(at)) path.unshift(at)
  return path
}

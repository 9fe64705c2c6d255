/**
 * Fetches each manifest once: from the cache of earlier runs, else from the source, and turns it into a node of the
 * graph. What many images share is loaded for the first and served to the rest.
 */

import { PlaceError } from '../errors.ts'
import type { Digest } from '../oci/digest.ts'
import { blobsOf, type Manifest, parseManifest, type RawManifest } from '../oci/manifest.ts'
import { isForeignLayer } from '../oci/media-types.ts'
import type { ManifestCache, RepositoryReader } from '../provider.ts'
import type { ManifestNode, ManifestStore } from './graph.ts'

export interface LoadedManifest {
  readonly raw: RawManifest
  readonly manifest: Manifest
}

export interface ManifestLoader {
  /** The parsed manifest, for what a node does not tell. @throws PlaceError, SyntaxFault, DigestMismatchError */
  load(reader: RepositoryReader, digest: Digest, signal: AbortSignal): Promise<LoadedManifest>
  /** A manifest that was known before, whoever has it now; undefined when it is gone. */
  recall(reader: RepositoryReader, digest: Digest, signal: AbortSignal): Promise<Manifest | undefined>
  /** Adds a manifest and everything below it, less `omitted`, to the nodes. Known nodes are not fetched again. */
  addBelow(
    reader: RepositoryReader,
    digest: Digest,
    omitted: ReadonlySet<Digest>,
    signal: AbortSignal,
  ): Promise<void>
  /** Adds one manifest that is at hand already; `text` is given when mirrorform made it. */
  addNode(loaded: LoadedManifest, text?: string): void
  readonly nodes: ManifestStore
}

/** @param known nodes from the state: content is named by digest, so what was verified once need not be read again. */
export function createManifestLoader(cache: ManifestCache, known: ManifestStore | undefined): ManifestLoader {
  const manifests = new Map<Digest, ManifestNode>(known?.manifests)
  const blobs = new Map<Digest, number>(known?.blobs)
  const loads = new Map<Digest, { readonly from: string; readonly loaded: Promise<LoadedManifest> }>()

  async function fetch(
    reader: RepositoryReader,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<LoadedManifest> {
    const what = `${reader.name}@${digest}`
    const cached = await cache.get(digest)
    const raw = cached ?? (await reader.manifest(digest, signal))
    const manifest = parseManifest(raw, what)
    if (cached === undefined) await cache.put(raw)
    return { raw: { ...raw, mediaType: manifest.mediaType }, manifest }
  }

  /** What one source cannot deliver another may: its failure is not shared with those who have their own. */
  async function load(
    reader: RepositoryReader,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<LoadedManifest> {
    for (;;) {
      const known = loads.get(digest)
      if (known === undefined) return begin(reader, digest, signal)
      if (known.from === reader.name) return known.loaded
      const loaded = await known.loaded.catch(() => undefined)
      if (loaded !== undefined) return loaded
    }
  }

  async function recall(
    reader: RepositoryReader,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<Manifest | undefined> {
    const node = manifests.get(digest)
    if (node?.text !== undefined) {
      const { mediaType, text } = node
      return parseManifest({ mediaType, bytes: new TextEncoder().encode(text) }, digest)
    }
    try {
      return (await load(reader, digest, signal)).manifest
    } catch (error) {
      if (error instanceof PlaceError && error.status === 404) return undefined
      throw error
    }
  }

  function begin(reader: RepositoryReader, digest: Digest, signal: AbortSignal): Promise<LoadedManifest> {
    const load = { from: reader.name, loaded: fetch(reader, digest, signal) }
    loads.set(digest, load)
    load.loaded.catch(() => {
      if (loads.get(digest) === load) loads.delete(digest)
    })
    return load.loaded
  }

  function addNode({ raw, manifest }: LoadedManifest, text?: string): void {
    const below = manifest.kind === 'image' ? blobsOf(manifest) : []
    const carried = below.filter(blob => !isForeignLayer(blob.mediaType))
    const foreign = below.filter(blob => isForeignLayer(blob.mediaType))
    for (const blob of carried) blobs.set(blob.digest, blob.size)
    manifests.set(raw.digest, {
      digest: raw.digest,
      mediaType: raw.mediaType,
      size: raw.bytes.length,
      manifests: manifest.kind === 'index' ? unique(manifest.manifests) : [],
      blobs: unique(carried),
      ...(foreign.length > 0 && { foreign: unique(foreign) }),
      ...(text !== undefined && { text }),
    })
  }

  async function addBelow(
    reader: RepositoryReader,
    digest: Digest,
    omitted: ReadonlySet<Digest>,
    signal: AbortSignal,
  ): Promise<void> {
    if (!manifests.has(digest)) addNode(await load(reader, digest, signal))
    const children = manifests.get(digest)?.manifests ?? []
    await Promise.all(
      children.filter(child => !omitted.has(child)).map(child => addBelow(reader, child, omitted, signal)),
    )
  }

  return { load, recall, addBelow, addNode, nodes: { manifests, blobs } }
}

function unique(descriptors: readonly { readonly digest: Digest }[]): readonly Digest[] {
  return [...new Set(descriptors.map(descriptor => descriptor.digest))]
}

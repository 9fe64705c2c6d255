/** What every part of an apply is given: the places, the limits, who listens, and how work is stopped and recorded. */

import { InterruptedError } from '../errors.ts'
import type { ManifestNode, ManifestStore } from '../graph/graph.ts'
import { parseSource } from '../graph/naming.ts'
import type { Digest } from '../oci/digest.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { ManifestCache, RepositoryReader, Sources, Target } from '../provider.ts'
import type { JournalEntry } from '../state.ts'
import type { ApplyEvent } from './events.ts'

export interface ApplyOptions {
  readonly target: Target
  readonly sources: Sources
  readonly cache: ManifestCache
  readonly emit: (event: ApplyEvent) => void
  /** Images in work at once. */
  readonly parallelImages: number
  /** Blobs in flight at once, over all images. */
  readonly parallelBlobs: number
  /** How often a blob that came damaged is copied again, from its start; default 5. */
  readonly damageRetries?: number
  /** Aborted by the second interrupt: everything stops now. */
  readonly signal: AbortSignal
  /** Aborted by the first interrupt: what is in flight ends, nothing new begins. */
  readonly stopping: AbortSignal
}

export interface ApplyContext extends ApplyOptions {
  /** The content the plan speaks of. */
  readonly content: ManifestStore
  /** Blobs that no source has, by digest. */
  readonly made: ReadonlyMap<Digest, Uint8Array>
  /** Writes finished work to the journal; resolves once it is on disk. */
  record(entry: JournalEntry): Promise<void>
  /** Whether the target told only just now, while the plan was made, what its tags name. */
  justAsked(): boolean
}

/** @throws InterruptedError once an interrupt came: to be called before each new piece of work. */
export function throwIfStopping({ stopping, signal }: ApplyOptions): void {
  if (stopping.aborted || signal.aborted) throw new InterruptedError('interrupted')
}

/** @throws Error when the plan does not describe a manifest it speaks of, which decoding a plan rules out. */
export function nodeOf(content: ManifestStore, digest: Digest): ManifestNode {
  const node = content.manifests.get(digest)
  if (node === undefined) throw new Error(`the plan does not describe manifest ${digest}`)
  return node
}

export function openSource(context: ApplyContext, source: string): RepositoryReader {
  return context.sources.open(parseSource(source))
}

/** The bytes of a manifest: made by mirrorform, kept from an earlier run, or read from the source by digest. */
export async function manifestBytes(
  context: ApplyContext,
  reader: RepositoryReader,
  digest: Digest,
): Promise<RawManifest> {
  const node = nodeOf(context.content, digest)
  if (node.text !== undefined)
    return { digest, mediaType: node.mediaType, bytes: new TextEncoder().encode(node.text) }
  const known = await context.cache.get(digest)
  if (known !== undefined) return { ...known, mediaType: node.mediaType }
  const raw = await reader.manifest(digest, context.signal)
  await context.cache.put(raw)
  return { ...raw, mediaType: node.mediaType }
}

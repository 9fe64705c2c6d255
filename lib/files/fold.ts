/**
 * State + finished work -> the next state.
 *
 * The only way a state changes: during an apply, when an apply ends, and when a journal left by a crash is replayed.
 * Each entry is complete in itself, so that replaying one twice, or a journal in pieces, gives the same state.
 */

import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { JournalEntry, LooseBlob, State } from '../state.ts'
import { destinationKey, type TargetAddress } from '../target.ts'
import { reachableFrom, sortedImages } from './reachable.ts'
import { sortedLoose } from './state-file.ts'

/** The state of a target into which nothing has been put yet. */
export function emptyState(lineage: string, target: TargetAddress): State {
  return { lineage, target, images: [], manifests: new Map(), blobs: new Map(), loose: [] }
}

/**
 * A blob that was sent is loose until an image of its repository that reaches it is finished. A finished image takes
 * the place of whatever the state had at its destination, and brings its content. A removed one leaves, with all that
 * only it reached.
 *
 * @throws SyntaxFault when an image's content is not all there
 */
export function foldJournal(state: State, entries: readonly JournalEntry[]): State {
  const images = new Map(state.images.map(image => [destinationKey(image.destination), image]))
  const manifests = new Map(state.manifests)
  const blobs = new Map(state.blobs)
  const loose = new LooseBlobs(state.loose)
  const arrived = new Set<string>()
  for (const entry of entries) {
    switch (entry.did) {
      case 'blob':
        loose.add(entry.blob)
        break
      case 'image':
        images.set(destinationKey(entry.image.destination), entry.image)
        arrived.add(destinationKey(entry.image.destination))
        for (const [digest, node] of entry.content.manifests) manifests.set(digest, node)
        for (const [digest, size] of entry.content.blobs) blobs.set(digest, size)
        loose.settle(entry.image, entry.content)
        break
      case 'remove':
        images.delete(destinationKey(entry.destination))
        break
      default:
        entry satisfies never
    }
  }
  const kept = sortedImages(images.values())
  return {
    lineage: state.lineage,
    target: state.target,
    images: kept,
    ...reachableFrom({ manifests, blobs }, kept),
    loose: sortedLoose(loose.all()),
    ...(state.archives !== undefined && { archives: state.archives }),
    ...stillAwaited(state, arrived),
  }
}

/** Whatever was put there is not waited for any more. @param arrived by `destinationKey` */
export function stillAwaited(
  { awaited = [] }: Pick<State, 'awaited'>,
  arrived: ReadonlySet<string>,
): Pick<State, 'awaited'> {
  const left = awaited.filter(destination => !arrived.has(destinationKey(destination)))
  return left.length === 0 ? {} : { awaited: left }
}

class LooseBlobs {
  readonly #byRepository = new Map<RepositoryPath, Map<Digest, LooseBlob>>()

  constructor(blobs: readonly LooseBlob[]) {
    for (const blob of blobs) this.add(blob)
  }

  add(blob: LooseBlob): void {
    const known = this.#byRepository.get(blob.repository) ?? new Map<Digest, LooseBlob>()
    this.#byRepository.set(blob.repository, known.set(blob.digest, blob))
  }

  /** What a finished image reaches is no longer loose in its repository. */
  settle(image: ImageContent, content: ManifestStore): void {
    const known = this.#byRepository.get(image.destination.repository)
    if (known === undefined || known.size === 0) return
    for (const digest of blobsBelow(content, closureOf(content, image))) known.delete(digest)
  }

  *all(): Iterable<LooseBlob> {
    for (const known of this.#byRepository.values()) yield* known.values()
  }
}

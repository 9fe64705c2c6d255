/**
 * What a target is known to hold, by repository: manifests and blobs whose place there was verified when they were
 * put there, and has not been seen to change since. Grows while a plan is made, as each change adds its content.
 */
import { blobsBelow, closureOf } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { State } from '../state.ts'
import { destinationKey } from '../target.ts'

export interface Holdings {
  hasManifest(repository: RepositoryPath, digest: Digest): boolean
  hasBlob(repository: RepositoryPath, digest: Digest): boolean
  /** A repository from which the blob can be mounted: the first that got it. */
  findBlob(digest: Digest): RepositoryPath | undefined
  addManifest(repository: RepositoryPath, digest: Digest): void
  addBlob(repository: RepositoryPath, digest: Digest): void
  /** Whether anything at all is known to be in the repository. */
  knows(repository: RepositoryPath): boolean
}

export function createHoldings(): Holdings {
  const manifests = new Map<RepositoryPath, Set<Digest>>()
  const blobs = new Map<RepositoryPath, Set<Digest>>()
  const first = new Map<Digest, RepositoryPath>()
  return {
    hasManifest: (repository, digest) => manifests.get(repository)?.has(digest) ?? false,
    hasBlob: (repository, digest) => blobs.get(repository)?.has(digest) ?? false,
    findBlob: digest => first.get(digest),
    addManifest: (repository, digest) => add(manifests, repository, digest),
    addBlob: (repository, digest) => {
      add(blobs, repository, digest)
      if (!first.has(digest)) first.set(digest, repository)
    },
    knows: repository => manifests.has(repository) || blobs.has(repository),
  }
}

/** @param drifted destinations whose tag does not name what the state says: their content is not trusted. */
export function holdingsOf(state: State | undefined, drifted: ReadonlySet<string>): Holdings {
  const holdings = createHoldings()
  for (const image of state?.images ?? []) {
    if (state === undefined || drifted.has(destinationKey(image.destination))) continue
    const { repository } = image.destination
    const closure = closureOf(state, image)
    for (const digest of closure) holdings.addManifest(repository, digest)
    for (const digest of blobsBelow(state, closure)) holdings.addBlob(repository, digest)
  }
  for (const { repository, digest } of state?.loose ?? []) holdings.addBlob(repository, digest)
  return holdings
}

function add(sets: Map<RepositoryPath, Set<Digest>>, repository: RepositoryPath, digest: Digest): void {
  const known = sets.get(repository)
  if (known === undefined) sets.set(repository, new Set([digest]))
  else known.add(digest)
}

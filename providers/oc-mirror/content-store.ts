/**
 * How a tool lays out images on a disk, reduced to four questions. Each layout answers them in a file of its own, and one
 * reader of repositories serves them all.
 */
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { StoredFile } from './file-tree.ts'

export interface ContentStore {
  /** For messages. */
  readonly name: string
  /** What to try when something is not there. */
  readonly whyMissing: string
  /** Sorted. */
  repositories(signal: AbortSignal): Promise<readonly RepositoryPath[]>
  /** What each tag names; undefined where that cannot be made out. */
  tags(repository: RepositoryPath): Promise<ReadonlyMap<Tag, Digest | undefined>>
  /** The manifests of a repository, whether their bytes are there or not. */
  revisions(repository: RepositoryPath): Promise<readonly Digest[]>
  /** Where a manifest or blob is. */
  find(repository: RepositoryPath, digest: Digest): Promise<StoredFile | undefined>
}

/**
 * The state as data: what we put into a target and may therefore change or delete. Where and how it is kept is the
 * business of `state/`, behind the interfaces at the end.
 */
import type { ImageContent, ManifestStore } from './graph/graph.ts'
import type { Digest } from './oci/digest.ts'
import type { RepositoryPath } from './oci/reference.ts'
import type { Destination, TargetAddress } from './target.ts'

/** An image we put there (or adopted): its content as verified when it was finished. */
export type StateImage = ImageContent

export interface State extends ManifestStore {
  /** A UUID that is born with the state: plans of another lineage are refused. */
  readonly lineage: string
  readonly target: TargetAddress
  /** Sorted by destination. Only manifests and blobs that these reach are kept. */
  readonly images: readonly StateImage[]
  /** Blobs that were sent for images which are not finished yet: the next apply need not send them again. */
  readonly loose: readonly LooseBlob[]
  /** Archives written for this target (near side) or brought to it (far side), by number; absent where there are none. */
  readonly archives?: readonly ArchiveRecord[]
  /**
   * On a far side: what the newest imported archive speaks of and is not held here. Older archives may bring that, and nothing
   * else. Sorted; absent where there is none.
   */
  readonly awaited?: readonly Destination[]
}

/** An archive that carries changes of this state across a gap. */
export interface ArchiveRecord {
  readonly id: Digest
  /** From 1, in the order in which archives for the state were planned. */
  readonly number: number
  /** Digest of the plan it was written from. */
  readonly plan: Digest
  /** On the near side: a receipt said that it was imported. */
  readonly isConfirmed?: true
  /** The target on the way that its images were read at; absent where that was their sources. */
  readonly readAt?: TargetAddress
}

export interface LooseBlob {
  readonly repository: RepositoryPath
  readonly digest: Digest
  /** bytes */
  readonly size: number
}

/** The sha256 of a state file's bytes. */
export type Revision = Digest

export interface LoadedState {
  readonly state: State
  readonly revision: Revision
}

/** One line of the journal: a piece of finished work. */
export type JournalEntry =
  | { readonly did: 'blob'; readonly blob: LooseBlob }
  | { readonly did: 'image'; readonly image: StateImage; readonly content: ManifestStore }
  | { readonly did: 'remove'; readonly destination: Destination; readonly as: 'delete' | 'forget' }

/** Written during an apply; present at the start of another, it tells of a crash. */
export interface Journal {
  /** Resolves once the entry is on disk. */
  append(entry: JournalEntry): Promise<void>
  close(): Promise<void>
}

export interface LockHolder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly operation: string
  /** ISO 8601 */
  readonly since: string
}

/** Held for the length of an operation that changes state or target. */
export interface StateLock {
  /** Who held it before and died, when it was taken over. */
  readonly takenOverFrom: LockHolder | undefined
  release(): Promise<void>
}

/** One target's state, wherever it is kept. */
export interface StateStore {
  /** For messages: the path of the file. */
  readonly name: string
  /** undefined when there is none yet. @throws StateError when it cannot be read or is not a state. */
  read(): Promise<LoadedState | undefined>
  /** Replaces the state as a whole or not at all, and gives the new revision; equal bytes are not written again. */
  write(state: State): Promise<Revision>
  /** Fails early, before any work, where `write` could not succeed (read-only folder, full disk). */
  assertWritable(): Promise<void>
  /** @throws StateError naming the holder when somebody else works with this state. */
  lock(operation: string): Promise<StateLock>
  /** Who holds the lock now. */
  holder(): Promise<LockHolder | undefined>
  /** Who holds the lock and may be at work: its holder, unless that process is certainly gone. */
  worker(): Promise<LockHolder | undefined>
  /** Removes a lock whatever its holder: for `state unlock`. */
  unlock(): Promise<void>
  /** The entries of a journal left by a crash; undefined when there is none. */
  leftover(): Promise<readonly JournalEntry[] | undefined>
  /** Starts a journal of this lineage, or goes on with the one that is there. */
  openJournal(lineage: string, target: TargetAddress): Promise<Journal>
  /** Removes the journal, after its entries have become part of the written state. */
  dropJournal(): Promise<void>
}

/**
 * The journal as a file: entries are appended while an apply runs, and each counts once it is on disk.
 *
 * Entries that arrive while the disk is busy wait and go together in the next write (group commit), so that many
 * workers cost one fdatasync at a time. After a failed write nothing more is taken: the file is cut back to the last
 * good line, and everybody who waits is told.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { StateError } from '../lib/errors.ts'
import {
  decodeJournal,
  encodeJournalEntry,
  encodeJournalOwner,
  type JournalOwner,
} from '../lib/files/journal-lines.ts'
import { sameTarget } from '../lib/files/state-file.ts'
import type { Journal, JournalEntry } from '../lib/state.ts'
import { formatTarget } from '../lib/target.ts'
import { readIfPresent, syncFolderOf } from './durable-files.ts'
import { fileFault, working } from './file-faults.ts'

/** What the journal needs of an open file; tests put a failing one in its place. */
export type JournalHandle = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'close'>
export type OpenJournalHandle = (path: string, flags: string) => Promise<JournalHandle>

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Starts a journal, or goes on after the last whole line of the one that is there.
 *
 * @throws StateError when the one that is there belongs to another state or is damaged
 */
export async function openJournalFile(
  path: string,
  owner: JournalOwner,
  openHandle: OpenJournalHandle = open,
): Promise<Journal> {
  return working(`cannot start the journal ${path}`, path, async () => {
    const present = await readIfPresent(path)
    const found = present && decodeJournal(present, path)
    if (found?.owner !== undefined) refuseStranger(path, found.owner, owner)
    const handle = await openHandle(path, present === undefined ? 'wx' : 'r+')
    const journal = new JournalFile(path, owner, handle, found?.length ?? 0)
    try {
      if (present !== undefined) await handle.truncate(found?.length ?? 0)
      if (found?.owner === undefined) await journal.appendLine(encodeJournalOwner(owner))
      await syncFolderOf(path)
    } catch (error) {
      await handle.close().catch(() => undefined)
      throw error
    }
    return journal
  })
}

/** @throws StateError when the journal of one state would be replayed into another. */
export function refuseStranger(path: string, found: JournalOwner, owner: JournalOwner): void {
  if (!sameTarget(found.target, owner.target))
    throw new StateError(
      `${path} was written for ${formatTarget(found.target)}, not for ${formatTarget(owner.target)}`,
      { hint: 'use the state file that belongs to the target, or move the journal away' },
    )
  if (found.lineage !== owner.lineage)
    throw new StateError(
      `${path} belongs to a state of lineage ${found.lineage}, not to this one (${owner.lineage})`,
      {
        hint: 'bring back the state file it was written beside; or move the journal away and plan again: what it tells of is found at the target and adopted',
      },
    )
}

class JournalFile implements Journal {
  readonly #path: string
  readonly #owner: JournalOwner
  readonly #handle: JournalHandle
  /** Bytes known to be on disk. */
  #end: number
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #failure: unknown

  constructor(path: string, owner: JournalOwner, handle: JournalHandle, end: number) {
    this.#path = path
    this.#owner = owner
    this.#handle = handle
    this.#end = end
  }

  async append(entry: JournalEntry): Promise<void> {
    return this.appendLine(encodeJournalEntry(this.#owner.target, entry))
  }

  appendLine(line: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject })
      this.#writing ??= this.#writeWaiting()
    })
  }

  async close(): Promise<void> {
    this.#failure ??= new StateError(`the journal ${this.#path} is closed`)
    await this.#writing
    await this.#handle.close()
  }

  async #writeWaiting(): Promise<void> {
    // Entries appended in the same turn of the event loop go into the first write too.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#commit(Buffer.from(batch.map(({ line }) => line).join('')))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        await this.#fail(error, batch)
      }
    }
    this.#writing = undefined
  }

  async #commit(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#end + done)
      done += bytesWritten
    }
    await this.#handle.datasync()
    this.#end += bytes.length
  }

  async #fail(error: unknown, batch: readonly Waiting[]): Promise<void> {
    const failure = fileFault(`cannot write the journal ${this.#path}`, this.#path, error)
    this.#failure = failure
    await this.#handle.truncate(this.#end).catch(() => undefined)
    const told = [...batch, ...this.#waiting]
    this.#waiting = []
    for (const { reject } of told) reject(failure)
  }
}

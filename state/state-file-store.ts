/**
 * One target's state as files side by side: `X` (the state), `X.lock` and `X.journal`.
 *
 * The file backend of the contract in lib/state.ts. The state is the only one of the three that is kept in git.
 */
import { isUtf8 } from 'node:buffer'
import { rm, stat } from 'node:fs/promises'
import { StateError } from '../lib/errors.ts'
import { decodeJournal, type JournalOwner } from '../lib/files/journal-lines.ts'
import { decodeState, encodeState, STATE_FILE } from '../lib/files/state-file.ts'
import { digestOf } from '../lib/oci/digest.ts'
import type {
  Journal,
  JournalEntry,
  LoadedState,
  LockHolder,
  Revision,
  State,
  StateLock,
  StateStore,
} from '../lib/state.ts'
import type { TargetAddress } from '../lib/target.ts'
import {
  placeOf,
  readIfPresent,
  removeTemporariesBeside,
  replaceFile,
  syncFolderOf,
  temporaryBeside,
  unlessAbsent,
  writeNewFile,
} from './durable-files.ts'
import { working } from './file-faults.ts'
import { openJournalFile, refuseStranger } from './journal-file.ts'
import { breakLock, lockHolder, lockWorker, takeLock } from './lock-file.ts'
import { type Machine, thisMachine } from './process-identity.ts'

/** Bytes tried where a state is about to be written: enough that a full disk says so. */
const PROBE_BYTES = 65_536

/** A state kept in a file, whose journal also tells whose it is. */
export interface StateFileStore extends StateStore {
  /** Lineage and target of a journal left by a crash; undefined when there is none or it had only just been made. */
  leftoverOwner(): Promise<JournalOwner | undefined>
}

/** Opens nothing yet: every method looks at the files anew. */
export function openStateFile(path: string, machine: Machine = thisMachine()): StateFileStore {
  return new FileStore(path, machine)
}

class FileStore implements StateFileStore {
  readonly name: string
  readonly #journal: string
  readonly #lock: string
  readonly #machine: Machine

  constructor(path: string, machine: Machine) {
    this.name = path
    this.#journal = `${path}.journal`
    this.#lock = `${path}.lock`
    this.#machine = machine
  }

  async read(): Promise<LoadedState | undefined> {
    const bytes = await working(`cannot read the state ${this.name}`, this.name, () =>
      readIfPresent(this.name),
    )
    if (bytes === undefined) return undefined
    if (!isUtf8(bytes)) throw new StateError(`${this.name} is not UTF-8 text`, { hint: STATE_FILE.advice })
    return { state: decodeState(bytes.toString('utf8'), this.name), revision: digestOf(bytes) }
  }

  async write(state: State): Promise<Revision> {
    const bytes = Buffer.from(encodeState(state))
    await working(`cannot write the state ${this.name}`, this.name, async () => {
      if ((await readIfPresent(this.name))?.equals(bytes) !== true) await replaceFile(this.name, bytes)
    })
    return digestOf(bytes)
  }

  /** Whoever asks has the lock, so that temporary files beside the state are those of the dead. */
  async assertWritable(): Promise<void> {
    await working(`the state ${this.name} could not be written`, this.name, async () => {
      const present = await unlessAbsent(stat(this.name))
      if (present !== undefined && !present.isFile())
        throw new StateError(`the state ${this.name} could not be written: it is not a file`, {
          hint: 'name a file with --state',
        })
      const place = await placeOf(this.name)
      await removeTemporariesBeside(place)
      const probe = temporaryBeside(place)
      await writeNewFile(probe, Buffer.alloc(PROBE_BYTES))
      await rm(probe)
    })
  }

  lock(operation: string): Promise<StateLock> {
    return takeLock(this.#lock, operation, this.#machine)
  }

  holder(): Promise<LockHolder | undefined> {
    return lockHolder(this.#lock)
  }

  worker(): Promise<LockHolder | undefined> {
    return lockWorker(this.#lock, this.#machine)
  }

  unlock(): Promise<void> {
    return breakLock(this.#lock)
  }

  async leftover(): Promise<readonly JournalEntry[] | undefined> {
    const found = await this.#readJournal()
    if (found?.owner !== undefined) {
      const state = (await this.read())?.state
      if (state !== undefined) refuseStranger(this.#journal, found.owner, state)
    }
    return found?.entries
  }

  async leftoverOwner(): Promise<JournalOwner | undefined> {
    return (await this.#readJournal())?.owner
  }

  openJournal(lineage: string, target: TargetAddress): Promise<Journal> {
    return openJournalFile(this.#journal, { lineage, target })
  }

  async dropJournal(): Promise<void> {
    await working(`cannot remove the journal ${this.#journal}`, this.#journal, async () => {
      await rm(this.#journal, { force: true })
      await syncFolderOf(this.#journal)
    })
  }

  async #readJournal(): Promise<ReturnType<typeof decodeJournal> | undefined> {
    const path = this.#journal
    const bytes = await working(`cannot read the journal ${path}`, path, () => readIfPresent(path))
    return bytes && decodeJournal(bytes, path)
  }
}

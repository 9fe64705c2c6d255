/**
 * Where the volumes of an archive are, and which of them are there: each is checked once, when something in it is first
 * asked for, and a missing or wrong one is told with what depends on it.
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { hintOf, messageOf } from '../../lib/errors.ts'
import { ArchiveError, someOf } from './archive-error.ts'
import { type ArchiveContents, volumeName, volumeNumber } from './contents.ts'
import { dependentsOf, entriesIn } from './dependents.ts'
import { codeOf, onDisk } from './disk.ts'
import { tablesOf, type VolumeTable } from './members.ts'
import { checkVolume } from './volume-check.ts'

/** Paths of volumes by their number; the first folder that has one counts. */
export async function listVolumes(folders: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const volumes = new Map<number, string>()
  for (const folder of folders) {
    const names = await onDisk(`cannot read the archive in ${folder}`, () =>
      readdir(folder).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return []
        throw error
      }),
    )
    for (const name of names) {
      const volume = volumeNumber(name)
      if (volume !== undefined && !volumes.has(volume)) volumes.set(volume, path.join(folder, name))
    }
  }
  return volumes
}

export class FoundVolumes {
  readonly tables: readonly VolumeTable[]
  readonly #archive: string
  readonly #contents: ArchiveContents
  readonly #paths: ReadonlyMap<number, string>
  readonly #checks = new Map<number, Promise<void>>()
  /** What depends on a volume, in words: worked out once, however many blobs are asked for in vain. */
  readonly #depending = new Map<number, string>()

  constructor(archive: string, contents: ArchiveContents, paths: ReadonlyMap<number, string>) {
    this.#archive = archive
    this.#contents = contents
    this.#paths = paths
    this.tables = tablesOf(contents)
  }

  /** undefined when the volume is not there. */
  pathOf(volume: number): string | undefined {
    return this.#paths.get(volume)
  }

  /** The path of a volume that is what archive.json says. @throws ArchiveError naming what depends on it */
  async find(volume: number): Promise<string> {
    const file = this.#paths.get(volume)
    const table = this.tables[volume - 1]
    if (file === undefined || table === undefined)
      throw this.#without(volume, `${volumeName(volume)} of ${this.#archive} is missing`, undefined)
    const check =
      this.#checks.get(volume) ?? onDisk(`cannot read ${file}`, () => checkVolume(file, table, this.tables))
    this.#checks.set(volume, check)
    try {
      await check
    } catch (cause) {
      // A disc can be put in again; a file that was wrong stays wrong until it is another.
      this.#checks.delete(volume)
      throw this.#without(volume, messageOf(cause), cause)
    }
    return file
  }

  #without(volume: number, said: string, cause: unknown): ArchiveError {
    const depending = this.#depending.get(volume) ?? this.#dependingOn(volume)
    this.#depending.set(volume, depending)
    const carry = `carry ${volumeName(volume)} again, or have it written again: mirrorform archive repair`
    return new ArchiveError(`${said}${depending}`, {
      cause,
      code: codeOf(cause) ?? 'VOLUME_UNAVAILABLE',
      hint: hintOf(cause) ?? carry,
    })
  }

  #dependingOn(volume: number): string {
    const { images, documents } = dependentsOf(this.#contents, entriesIn(this.#contents, volume))
    const items = [...images, ...documents]
    return items.length === 0 ? '' : `; on it: ${someOf(items)}`
  }
}

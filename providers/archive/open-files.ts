/**
 * The volumes that are being written, open: several blobs go to one volume at the same time and share its handle, and
 * only so many handles are open that a thousand volumes are no problem.
 */
import path from 'node:path'
import { volumeName } from './contents.ts'
import { type ArchiveDisk, type DiskFile, onDisk } from './disk.ts'

/** Handles that nobody uses just now and that stay open nevertheless. */
const KEPT_OPEN = 8

interface OpenFile {
  readonly file: Promise<DiskFile>
  users: number
}

export class OpenVolumes {
  readonly #folder: string
  readonly #ending: string
  readonly #disk: ArchiveDisk
  readonly #open = new Map<number, OpenFile>()

  /** @param ending what the files' names end in while nobody else should take them for volumes */
  constructor(folder: string, disk: ArchiveDisk, ending: string = '') {
    this.#folder = folder
    this.#ending = ending
    this.#disk = disk
  }

  pathOf(volume: number): string {
    return path.join(this.#folder, `${volumeName(volume)}${this.#ending}`)
  }

  /** Lends the volume's file for the length of `work`; it is made where there is none. @throws PlaceError */
  async use<T>(volume: number, work: (file: DiskFile) => Promise<T>): Promise<T> {
    const entry = this.#open.get(volume) ?? { file: this.#disk.open(this.pathOf(volume)), users: 0 }
    this.#open.delete(volume)
    this.#open.set(volume, entry)
    entry.users += 1
    try {
      const doing = `cannot write ${this.pathOf(volume)}`
      return await onDisk(doing, async () => work(await this.#opened(volume, entry)))
    } finally {
      entry.users -= 1
      await this.#closeIdle(KEPT_OPEN)
    }
  }

  async #opened(volume: number, entry: OpenFile): Promise<DiskFile> {
    try {
      return await entry.file
    } catch (error) {
      if (this.#open.get(volume) === entry) this.#open.delete(volume)
      throw error
    }
  }

  /** Resolves once everything written to these volumes is on the disk. */
  async sync(volumes: Iterable<number>): Promise<void> {
    await Promise.all(Array.from(new Set(volumes), volume => this.use(volume, file => file.sync())))
  }

  async close(): Promise<void> {
    await this.#closeIdle(0)
  }

  /** Those longest unused first. */
  async #closeIdle(keep: number): Promise<void> {
    for (const [volume, entry] of [...this.#open]) {
      if (this.#open.size <= keep) return
      if (entry.users > 0) continue
      this.#open.delete(volume)
      const file = await entry.file.catch(() => undefined)
      await file?.close()
    }
  }
}

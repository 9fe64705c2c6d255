/**
 * `archive.partial`: which blobs of an unfinished archive are complete, one line for each, so that a run that was
 * killed goes on where it stopped (design: docs/file-formats.md, "Archive").
 *
 * A line is written only after its bytes are on the disk, and many lines at once: a thousand small blobs cost a few
 * dozen flushes. What no line speaks of counts as free.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Json, writeLine } from '../../lib/files/canonical-json.ts'
import { asFault, checkHeading, type FileKind, headingLine } from '../../lib/files/file-kind.ts'
import { JsonPart } from '../../lib/files/json-part.ts'
import { parseJsonText } from '../../lib/files/json-syntax.ts'
import { inBatches } from '../layout/index.ts'
import { ArchiveError } from './archive-error.ts'
import { type Entry, type NameRecord, PROGRESS_FILE } from './contents.ts'
import { decodeEntry, decodeName, encodeEntry, encodeName } from './contents-json.ts'
import { type ArchiveDisk, codeOf, type DiskFile, onDisk } from './disk.ts'
import type { OpenVolumes } from './open-files.ts'

const PROGRESS_KIND: FileKind = {
  format: 'mirrorform-archive-progress',
  version: 1,
  noun: 'progress of an archive',
  advice: 'remove the folder of the unfinished archive, and write it again',
  Fault: ArchiveError,
}

/** What an archive is made of and for; it is gone on with only by a run with the same. */
export type Purpose = Readonly<Record<'lineage' | 'target' | 'plan' | 'volumeSize', Json>>

export type ProgressLine =
  | { readonly did: 'entry'; readonly entry: Entry }
  | { readonly did: 'name'; readonly name: NameRecord }
  | { readonly did: 'unname'; readonly name: NameRecord }

export interface LeftProgress {
  readonly purpose: Purpose
  readonly lines: readonly ProgressLine[]
  /** Bytes of the lines that are whole. */
  readonly length: number
}

/** undefined when there is no unfinished archive. @throws ArchiveError when the file is not one of ours. */
export async function readProgress(folder: string): Promise<LeftProgress | undefined> {
  const file = path.join(folder, PROGRESS_FILE)
  const bytes = await readFile(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  const length = bytes === undefined ? 0 : bytes.lastIndexOf('\n') + 1
  const [first, ...rest] = (bytes ?? Buffer.alloc(0)).toString('utf8', 0, length).split('\n').slice(0, -1)
  if (first === undefined) return undefined
  return asFault(PROGRESS_KIND, `${file}: `, () => {
    const root = new JsonPart(parseJsonText(first, file))
    checkHeading(PROGRESS_KIND, root, file)
    const member = (key: keyof Purpose) => {
      const { value } = root.field(key)
      return typeof value === 'string' || typeof value === 'number' ? value : null
    }
    const purpose: Purpose = {
      lineage: member('lineage'),
      target: member('target'),
      plan: member('plan'),
      volumeSize: member('volumeSize'),
    }
    const lines = rest.map((line, at) => decodeLine(new JsonPart(parseJsonText(line, `${file}:${at + 2}`))))
    return { purpose, lines, length }
  })
}

export class Progress {
  readonly #folder: string
  readonly #disk: ArchiveDisk
  readonly #volumes: OpenVolumes
  readonly #purpose: Purpose
  #length: number
  #file: DiskFile | undefined
  readonly #enqueue = inBatches<ProgressLine>(lines => this.#write(lines))

  /** @param length bytes of the file that stay; what an earlier run left behind them is overwritten. */
  constructor(folder: string, disk: ArchiveDisk, volumes: OpenVolumes, purpose: Purpose, length: number) {
    this.#folder = folder
    this.#disk = disk
    this.#volumes = volumes
    this.#purpose = purpose
    this.#length = length
  }

  /** Makes the file, so that the folder is known as one where an archive is being written. */
  async begin(): Promise<void> {
    await this.#write([])
  }

  /** Resolves once what the line speaks of, and then the line itself, is on the disk. */
  append(line: ProgressLine): Promise<void> {
    return this.#enqueue(line)
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #write(lines: readonly ProgressLine[]): Promise<void> {
    const touched = lines.flatMap(line =>
      line.did === 'entry' ? line.entry.parts.map(part => part.volume) : [],
    )
    await onDisk(`cannot write the archive in ${this.#folder}`, () => this.#appendAll(touched, lines)).catch(
      async (error: unknown) => {
        // The next write begins by cutting off what this one may have left.
        await this.close().catch(() => undefined)
        throw error
      },
    )
  }

  async #appendAll(touched: readonly number[], lines: readonly ProgressLine[]): Promise<void> {
    await this.#volumes.sync(touched)
    const isNew = this.#file === undefined
    const file = this.#file ?? (await this.#disk.open(path.join(this.#folder, PROGRESS_FILE)))
    this.#file = file
    if (isNew) await file.truncate(this.#length)
    const heading = this.#length === 0 ? [writeLine(headingLine(PROGRESS_KIND, this.#purpose))] : []
    const bytes = Buffer.from([...heading, ...lines.map(encodeLine)].join(''))
    await file.write([bytes], this.#length)
    await file.sync()
    this.#length += bytes.length
  }
}

function encodeLine(line: ProgressLine): string {
  switch (line.did) {
    case 'entry':
      return writeLine({ did: line.did, ...encodeEntry(line.entry) })
    case 'name':
    case 'unname':
      return writeLine({ did: line.did, ...encodeName(line.name) })
    default:
      return line satisfies never
  }
}

function decodeLine(part: JsonPart): ProgressLine {
  const did = part.field('did').word(['entry', 'name', 'unname'])
  return did === 'entry' ? { did, entry: decodeEntry(part) } : { did, name: decodeName(part) }
}

/**
 * A tar file -> its members and where their bytes are, in one pass over the headers: contents are skipped, but for small
 * ones, which came along with their header anyway. A file that is cut short or damaged gives what stands before that place.
 */
import type { FileHandle } from 'node:fs/promises'
import { readInto, withFile } from './file-tree.ts'
import {
  BLOCK,
  isEmptyBlock,
  padded,
  readHeader,
  readPaxRecords,
  readText,
  type TarHeader,
} from './tar-header.ts'

/** Contents up to so many bytes are kept: the links of a registry's storage, of which there are many, are smaller. */
const SMALL = 256
/** Bytes read at a time. */
const WINDOW = 64 * 1024
/** Extended headers larger than this, bytes, are none. */
const LARGEST_EXTENSION = 1024 * 1024

export interface TarMember extends TarHeader {
  /** bytes, into the tar file */
  readonly offset: number
  readonly bytes?: Uint8Array
}

/** What an extended header says about the member after it. */
interface Extension {
  name?: string
  link?: string
  size?: number
}

/**
 * @param take is given each member in turn; what it throws ends the scan
 * @returns what is wrong with the file, in words that go after its name; undefined when nothing is
 * @throws PlaceError when the file cannot be read
 */
export async function scanTar(
  file: string,
  take: (member: TarMember) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  return withFile(file, async handle => scan(new Window(handle, (await handle.stat()).size), take, signal))
}

async function scan(
  window: Window,
  take: (member: TarMember) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (window.size === 0) return 'is empty'
  let extension: Extension = {}
  for (let at = 0; ; ) {
    signal.throwIfAborted()
    const block = await window.read(at, BLOCK)
    if (block.length < BLOCK) return `is cut short after ${window.size} bytes: it has no end mark`
    if (isEmptyBlock(block)) return undefined
    const plain = readHeader(block)
    if (plain === undefined) return `is damaged at byte ${at}: no member begins there`
    const header = { ...plain, ...extension }
    const offset = at + BLOCK
    if (!Number.isSafeInteger(header.size)) return `is damaged at byte ${at}: a member of no known size`
    if (offset + header.size > window.size)
      return `is cut short after ${window.size} bytes, inside ${JSON.stringify(header.name)}`
    at = offset + padded(header.size)
    if (isExtension(header)) {
      if (header.size > LARGEST_EXTENSION)
        return `is damaged at byte ${offset}: a name of ${header.size} bytes`
      extension = { ...extension, ...readExtension(header.type, await window.read(offset, header.size)) }
      continue
    }
    extension = {}
    const isSmall = header.type === '0' && header.size <= SMALL
    take({
      ...header,
      offset,
      ...(isSmall && { bytes: Buffer.from(await window.read(offset, header.size)) }),
    })
  }
}

function isExtension({ type }: TarHeader): boolean {
  return 'xgLK'.includes(type)
}

function readExtension(type: string, content: Buffer): Extension {
  if (type === 'L') return { name: readText(content, 0, content.length) }
  if (type === 'K') return { link: readText(content, 0, content.length) }
  if (type === 'g') return {}
  const records = readPaxRecords(content)
  const [name, link, size] = [records.get('path'), records.get('linkpath'), records.get('size')]
  return {
    ...(name !== undefined && { name }),
    ...(link !== undefined && { link }),
    ...(size !== undefined && { size: /^\d+$/.test(size) ? Number(size) : Number.NaN }),
  }
}

/** A part of the file in memory, moved to where it is asked for. */
class Window {
  readonly size: number
  readonly #handle: FileHandle
  #memory: Buffer = Buffer.alloc(WINDOW)
  #start = 0
  #content: Buffer = this.#memory.subarray(0, 0)

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** Shorter at the end of the file; good until the next call. */
  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.#start || at + length > this.#start + this.#content.length) await this.#move(at, length)
    return this.#content.subarray(at - this.#start, at - this.#start + length)
  }

  async #move(at: number, length: number): Promise<void> {
    const wanted = Math.max(0, Math.min(Math.max(length, WINDOW), this.size - at))
    if (wanted > this.#memory.length) this.#memory = Buffer.alloc(wanted)
    const filled = await readInto(this.#handle, this.#memory.subarray(0, wanted), at)
    this.#start = at
    this.#content = this.#memory.subarray(0, filled)
  }
}

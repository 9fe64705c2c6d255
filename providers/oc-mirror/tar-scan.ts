/**
 * A tar file -> its members and where their bytes are, in one pass over the headers: contents are skipped, but for small
 * ones, which came along with their header anyway. A file that is cut short or damaged gives what stands before that place.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { PlaceError } from '../../lib/errors.ts'
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

export interface TarScan {
  readonly members: readonly TarMember[]
  /** What is wrong with the file, in words that go after its name. */
  readonly problem: string | undefined
}

/** What an extended header says about the member after it. */
interface Extension {
  name?: string
  link?: string
  size?: number
}

/** @throws PlaceError when the file cannot be read. */
export async function scanTar(file: string, signal: AbortSignal): Promise<TarScan> {
  const handle = await open(file, 'r').catch(cause => {
    throw new PlaceError(`cannot read ${file}`, { cause })
  })
  try {
    return await scan(new Window(handle, (await handle.stat()).size), signal)
  } finally {
    await handle.close()
  }
}

async function scan(window: Window, signal: AbortSignal): Promise<TarScan> {
  const members: TarMember[] = []
  const stop = (problem?: string): TarScan => ({ members, problem })
  if (window.size === 0) return stop('is empty')
  let extension: Extension = {}
  for (let at = 0; ; ) {
    signal.throwIfAborted()
    const block = await window.read(at, BLOCK)
    if (block.length < BLOCK) return stop(`is cut short after ${window.size} bytes: it has no end mark`)
    if (isEmptyBlock(block)) return stop()
    const plain = readHeader(block)
    if (plain === undefined) return stop(`is damaged at byte ${at}: no member begins there`)
    const header = { ...plain, ...extension }
    const offset = at + BLOCK
    if (!Number.isSafeInteger(header.size)) return stop(`is damaged at byte ${at}: a member of no known size`)
    if (offset + header.size > window.size)
      return stop(`is cut short after ${window.size} bytes, inside ${JSON.stringify(header.name)}`)
    at = offset + padded(header.size)
    if (isExtension(header)) {
      if (header.size > LARGEST_EXTENSION)
        return stop(`is damaged at byte ${offset}: a name of ${header.size} bytes`)
      extension = { ...extension, ...readExtension(header.type, await window.read(offset, header.size)) }
      continue
    }
    extension = {}
    const isSmall = header.type === '0' && header.size <= SMALL
    members.push({
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
  #start = 0
  #content: Buffer = Buffer.alloc(0)

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
    const content = Buffer.alloc(wanted)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await this.#handle.read(content, filled, wanted - filled, at + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    this.#start = at
    this.#content = content.subarray(0, filled)
  }
}

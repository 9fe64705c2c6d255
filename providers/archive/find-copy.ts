/**
 * Volumes alone -> the contents of the archive: where archive.json was lost, its copy in the last volumes is looked for.
 *
 * Nothing is known of the volumes yet, so a tar is walked header by header, and one with anything but plain files with
 * plain names in it is refused: nobody but an attacker puts links or `..` there.
 */
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { ArchiveError } from './archive-error.ts'
import { type ArchiveContents, CONTENTS_FILE, type CopyPart } from './contents.ts'
import { decodeContents } from './contents-file.ts'
import { tablesOf, volumeRecord } from './members.ts'
import { readInto, withFile } from './part-reader.ts'
import { BLOCK, describeMember, END_SIZE, padded, readTarHeader } from './tar-header.ts'

interface Found {
  readonly name: string
  readonly dataAt: number
  readonly size: number
}

/** The list itself is at most so large, bytes: many more images than anybody mirrors. */
const LARGEST_CONTENTS = 2 ** 30

/**
 * @param volumes by number
 * @throws ArchiveError when the volumes hold no copy, or not all of it
 */
export async function findCopy(
  volumes: ReadonlyMap<number, string>,
  folder: string,
): Promise<ArchiveContents> {
  const pieces: { readonly part: CopyPart; readonly text: Uint8Array }[] = []
  for (const [volume, file] of [...volumes].sort(([a], [b]) => b - a)) {
    const text = await withFile(file, handle => readCopy(handle, file))
    if (text === undefined) break
    pieces.unshift({ part: { volume, size: text.bytes.length }, text: text.bytes })
    if (text.isFirst) break
  }
  const text = Buffer.concat(pieces.map(piece => piece.text)).toString('utf8')
  if (text.startsWith('{') && text.endsWith('\n}\n'))
    return restore(
      text,
      pieces.map(({ part }) => part),
      folder,
    )
  throw new ArchiveError(
    `${path.join(folder, CONTENTS_FILE)} is missing, and the volumes there do not hold all of its copy`,
    {
      hint: 'carry archive.json, or the last volume, again; check the path',
      status: 404,
    },
  )
}

function restore(text: string, copy: readonly CopyPart[], folder: string): ArchiveContents {
  const contents = { ...decodeContents(text, `the copy of archive.json in the volumes in ${folder}`), copy }
  return { ...contents, volumes: tablesOf(contents).map(volumeRecord) }
}

async function readCopy(
  handle: FileHandle,
  file: string,
): Promise<{ readonly bytes: Uint8Array; readonly isFirst: boolean } | undefined> {
  const found = (await listMembers(handle, file)).filter(({ name }) => /^archive\.json(\.\d+)?$/.test(name))
  const [member] = found
  if (member === undefined || found.length > 1 || member.size > LARGEST_CONTENTS) return undefined
  const bytes = Buffer.alloc(member.size)
  await readInto(handle, bytes, member.dataAt)
  return { bytes, isFirst: member.name === CONTENTS_FILE || member.name === `${CONTENTS_FILE}.1` }
}

/** @throws ArchiveError for what is no tar, or holds anything but files inside of it, each once */
async function listMembers(handle: FileHandle, file: string): Promise<readonly Found[]> {
  const { size: end } = await handle.stat()
  const members: Found[] = []
  const seen = new Set<string>()
  let told: { name?: string; size?: number } = {}
  for (let at = 0; at < end - END_SIZE; ) {
    const block = Buffer.alloc(BLOCK)
    await readInto(handle, block, at)
    const header = readTarHeader(block)
    if (header === undefined)
      throw new ArchiveError(`${file} is no tar volume: there is no header at byte ${at}`)
    const dataAt = at + BLOCK
    if (header.type === 'x') {
      const records = Buffer.alloc(Math.min(Math.max(header.size, 0), BLOCK))
      await readInto(handle, records, dataAt)
      told = readRecords(records.toString('utf8'))
    } else {
      const { name, size } = { ...header, ...told }
      told = {}
      if (header.type !== '0' || !isPlainName(name) || seen.has(name) || size < 0)
        throw new ArchiveError(
          `${file} is refused: at byte ${at} it has ${describeMember({ ...header, name })}${seen.has(name) ? ', a second time' : ''}`,
          { hint: 'a volume holds plain files, each once; this one was not written by mirrorform' },
        )
      seen.add(name)
      members.push({ name, dataAt, size })
      at = dataAt + padded(size)
      continue
    }
    at = dataAt + padded(header.size)
  }
  return members
}

/** Neither absolute nor with `..`. */
function isPlainName(name: string): boolean {
  return (
    name !== '' &&
    !name.startsWith('/') &&
    !name.split('/').some(part => part === '' || part === '.' || part === '..')
  )
}

function readRecords(text: string): { name?: string; size?: number } {
  const name = /^\d+ path=(.*)$/m.exec(text)?.[1]
  const size = /^\d+ size=(\d+)$/m.exec(text)?.[1]
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) }
}

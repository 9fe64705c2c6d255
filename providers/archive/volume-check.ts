/**
 * A volume's file -> whether it is the volume that archive.json speaks of, before a byte of it is believed.
 *
 * Its size, every tar header and every small file are compared with what must stand there; blobs are checked by their
 * digests when they are read. A link, a name with `..`, another member or a shifted one is simply not what must stand
 * there, and is named.
 */
import type { FileHandle } from 'node:fs/promises'
import { ArchiveError } from './archive-error.ts'
import type { Member, VolumeTable } from './members.ts'
import { readInto, withFile } from './part-reader.ts'
import { BLOCK, describeMember, readTarHeader, tarHeader } from './tar-header.ts'

/** Headers that are read at once. */
const AT_ONCE = 32

/**
 * @param others tables of the archive's other volumes, to tell when one has the name of another
 * @throws ArchiveError saying what is wrong with the file
 */
export async function checkVolume(
  file: string,
  table: VolumeTable,
  others: readonly VolumeTable[],
): Promise<void> {
  const problem = await withFile(file, async handle => {
    const wrong = await firstFault(handle, table)
    return wrong && ((await swappedWith(handle, table, others)) ?? wrong)
  })
  if (problem !== undefined)
    throw new ArchiveError(`${file} is not the volume archive.json speaks of: ${problem}`)
}

/** What stands in the way of believing the file; undefined when nothing does. */
async function firstFault(handle: FileHandle, { members, size }: VolumeTable): Promise<string | undefined> {
  const { size: actual } = await handle.stat()
  if (actual < size) return `it is cut short: ${actual} of ${size} bytes`
  if (actual > size) return `it has ${actual} bytes instead of ${size}`
  for (let at = 0; at < members.length; at += AT_ONCE) {
    const faults = await Promise.all(
      members.slice(at, at + AT_ONCE).map(member => headerFault(handle, member)),
    )
    const found = faults.find(fault => fault !== undefined)
    if (found !== undefined) return found
  }
  return undefined
}

/** What is wrong with a member's header or, where it follows from archive.json, with its content. */
export async function headerFault(
  handle: FileHandle,
  { name, size, headerAt, dataAt, content }: Member,
): Promise<string | undefined> {
  const header = tarHeader(name, size)
  const text = content.kind === 'text' ? content.bytes : new Uint8Array()
  const there = Buffer.alloc(header.length + text.length)
  const read = await readInto(handle, there, headerAt)
  if (there.equals(Buffer.concat([header, text]))) return undefined
  if (read < there.length) return `it ends inside ${name}`
  if (there.subarray(0, header.length).equals(header)) return `${name} at byte ${dataAt} is damaged`
  const member = readTarHeader(there.subarray(header.length - BLOCK, header.length)) ?? readTarHeader(there)
  const found = member === undefined ? 'no tar header' : describeMember(member)
  return `at byte ${headerAt} there should be the file "${name}", but there is ${found}`
}

/** In words, when the file is another volume of the archive. */
async function swappedWith(
  handle: FileHandle,
  table: VolumeTable,
  others: readonly VolumeTable[],
): Promise<string | undefined> {
  for (const other of others)
    if (other.name !== table.name && (await firstFault(handle, other)) === undefined)
      return `it is ${other.name} under another name; give each volume its own name again`
  return undefined
}

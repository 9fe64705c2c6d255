/**
 * Reads every byte of an archive and says which volumes are good, what is wrong with the others, and which images and
 * documents cannot be had because of that.
 */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { messageOf } from '../../lib/errors.ts'
import { algorithmOf, type Digest } from '../../lib/oci/digest.ts'
import type { Archive } from './archive.ts'
import { volumeName } from './contents.ts'
import { type Dependents, dependentsOf, entriesIn } from './dependents.ts'
import type { Member, VolumeTable } from './members.ts'
import { readInto, withFile } from './part-reader.ts'
import { END_SIZE, padded } from './tar-header.ts'
import { headerFault } from './volume-check.ts'

export interface VolumeReport extends Dependents {
  readonly name: string
  /** Where it was found. */
  readonly path: string | undefined
  readonly condition: 'good' | 'missing' | 'damaged'
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[]
  /** Blobs and manifests of which bytes are lost with it, sorted. */
  readonly lost: readonly Digest[]
}

export interface ArchiveReport {
  readonly isGood: boolean
  readonly volumes: readonly VolumeReport[]
  /** bytes */
  readonly bytesRead: number
}

export interface VerifyOptions {
  readonly signal: AbortSignal
  /** Told how many bytes were read since it was last told. */
  readonly onBytes?: (count: number) => void
}

/** Of one volume: more would not say more. */
const MOST_PROBLEMS = 20
/** Bytes read at once. */
const PIECE = 1024 * 1024

/** Never throws for what is wrong with a volume: that is in the report. */
export async function verifyArchive(archive: Archive, options: VerifyOptions): Promise<ArchiveReport> {
  const volumes: VolumeReport[] = []
  let bytesRead = 0
  const onBytes = (count: number): void => {
    bytesRead += count
    options.onBytes?.(count)
  }
  const buffer = Buffer.alloc(PIECE)
  for (const [at, table] of archive.volumes.tables.entries())
    volumes.push(await verifyVolume(archive, at + 1, table, { ...options, onBytes }, buffer))
  return { isGood: volumes.every(({ condition }) => condition === 'good'), volumes, bytesRead }
}

async function verifyVolume(
  archive: Archive,
  volume: number,
  table: VolumeTable,
  options: VerifyOptions,
  buffer: Buffer,
): Promise<VolumeReport> {
  const path = archive.volumes.pathOf(volume)
  const all = () => [...entriesIn(archive.contents, volume)]
  const report = (
    condition: VolumeReport['condition'],
    problems: readonly string[],
    lost: readonly Digest[],
  ): VolumeReport => ({
    name: volumeName(volume),
    path,
    condition,
    problems,
    lost: lost.toSorted(),
    ...dependentsOf(archive.contents, new Set(lost)),
  })
  if (path === undefined) return report('missing', ['it is not there'], all())
  try {
    // Nothing is read from a file that is not laid out as it should be; a flipped byte inside a blob costs that blob.
    const whole = await archive.volumes.find(volume).then(
      () => undefined,
      (error: unknown) => messageOf(error instanceof Error ? (error.cause ?? error) : error),
    )
    const { problems, lost } = await withFile(path, handle => readVolume(handle, table, options, buffer))
    if (whole === undefined && problems.length === 0) return report('good', [], [])
    if (whole === undefined) return report('damaged', problems.slice(0, MOST_PROBLEMS), lost)
    const others = problems.filter(problem => !whole.endsWith(problem))
    return report('damaged', [whole, ...others].slice(0, MOST_PROBLEMS), all())
  } catch (error) {
    options.signal.throwIfAborted()
    return report('damaged', [messageOf(error)], all())
  }
}

interface Faults {
  readonly problems: readonly string[]
  readonly lost: readonly Digest[]
}

/** Every byte of the file, in its order. */
async function readVolume(
  handle: FileHandle,
  { members, size }: VolumeTable,
  options: VerifyOptions,
  buffer: Buffer,
): Promise<Faults> {
  const problems: string[] = []
  const lost: Digest[] = []
  for (const member of members) {
    const header = await headerFault(handle, member)
    const content = await contentFault(handle, member, options, buffer)
    const padding = await paddingFault(handle, member, options, buffer)
    problems.push(...[header, content, padding].filter(problem => problem !== undefined))
    if (content !== undefined && member.content.kind === 'blob') lost.push(member.content.of)
  }
  if (!(await isZero(handle, size - END_SIZE, END_SIZE, options, buffer))) problems.push('its end is damaged')
  return { problems, lost }
}

async function contentFault(
  handle: FileHandle,
  { name, dataAt, size, content }: Member,
  options: VerifyOptions,
  buffer: Buffer,
): Promise<string | undefined> {
  switch (content.kind) {
    case 'text':
      options.onBytes?.(size)
      return undefined
    case 'zeros':
      return (await isZero(handle, dataAt, size, options, buffer)) ? undefined : `${name} is damaged`
    case 'blob': {
      const hash = createHash(algorithmOf(content.digest))
      await eachPiece(handle, dataAt, size, options, buffer, piece => hash.update(piece))
      const actual = `${algorithmOf(content.digest)}:${hash.digest('hex')}`
      return actual === content.digest ? undefined : `${name} is damaged: its bytes do not match their digest`
    }
    default:
      return content satisfies never
  }
}

async function paddingFault(
  handle: FileHandle,
  { name, dataAt, size }: Member,
  options: VerifyOptions,
  buffer: Buffer,
): Promise<string | undefined> {
  const isGood = await isZero(handle, dataAt + size, padded(size) - size, options, buffer)
  return isGood ? undefined : `the bytes after ${name} are damaged`
}

async function isZero(
  handle: FileHandle,
  position: number,
  size: number,
  options: VerifyOptions,
  buffer: Buffer,
): Promise<boolean> {
  let [read, zero] = [0, true]
  await eachPiece(handle, position, size, options, buffer, piece => {
    read += piece.length
    zero &&= piece.every(byte => byte === 0)
  })
  return zero && read === size
}

/** The bytes there are between two positions, through one buffer that is used again. */
async function eachPiece(
  handle: FileHandle,
  position: number,
  size: number,
  { signal, onBytes }: VerifyOptions,
  buffer: Buffer,
  take: (piece: Buffer) => void,
): Promise<void> {
  for (let done = 0; done < size; ) {
    signal.throwIfAborted()
    const piece = buffer.subarray(0, Math.min(buffer.length, size - done))
    const read = await readInto(handle, piece, position + done)
    if (read === 0) return
    take(piece.subarray(0, read))
    onBytes?.(read)
    done += read
  }
}

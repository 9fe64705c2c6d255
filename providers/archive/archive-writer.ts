/**
 * Blobs by digest -> places in volumes: the half of the archive target that knows nothing of repositories.
 *
 * Several blobs are written at the same time, each into room reserved for it. A blob counts once its digest is proved
 * and its bytes are on the disk; one that fails gives its room back. An unfinished archive of the same purpose is gone
 * on with.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { BlobContent } from '../../lib/provider.ts'
import { ArchiveError } from './archive-error.ts'
import { CONTENTS_FILE, type Entry, type NameRecord, type Part, volumeNumber } from './contents.ts'
import { type ArchiveDisk, codeOf, onDisk } from './disk.ts'
import { OpenVolumes } from './open-files.ts'
import { type NamedPlace, writeParts } from './part-writer.ts'
import { Progress, type ProgressLine, type Purpose, readProgress } from './progress.ts'
import { headerSize, padded } from './tar-header.ts'
import { blobName, indexLineBytes, partName } from './volume-files.ts'
import { VolumeRoom } from './volume-room.ts'

export interface BlobToPut {
  readonly digest: Digest
  /** bytes */
  readonly size: number
  /** Of a manifest, which is never split. */
  readonly mediaType?: string
}

export class ArchiveWriter {
  readonly folder: string
  readonly room: VolumeRoom
  readonly volumes: OpenVolumes
  readonly entries = new Map<Digest, Entry>()
  /** By repository and tag, or repository and digest where there is none. */
  readonly names = new Map<string, NameRecord>()
  /** Names whose line in a volume's index has room already. */
  readonly #lines = new Set<string>()
  readonly #writing = new Map<Digest, Promise<Entry>>()
  readonly #progress: Progress

  private constructor(folder: string, room: VolumeRoom, volumes: OpenVolumes, progress: Progress) {
    this.folder = folder
    this.room = room
    this.volumes = volumes
    this.#progress = progress
  }

  /** @throws ArchiveError when the folder holds another archive, finished or not. */
  static open(folder: string, limit: number, purpose: Purpose, disk: ArchiveDisk): Promise<ArchiveWriter> {
    return onDisk(`cannot write an archive to ${folder}`, async () => {
      const left = await readProgress(folder)
      if (left === undefined) await refuseTaken(folder)
      else refuseOther(folder, left.purpose, purpose)
      const volumes = new OpenVolumes(folder, disk)
      const progress = new Progress(folder, disk, volumes, purpose, left?.length ?? 0)
      const writer = new ArchiveWriter(folder, new VolumeRoom(limit), volumes, progress)
      if (left !== undefined) await writer.#goOn(left.lines)
      await progress.begin()
      return writer
    })
  }

  /** Writes the blob unless it is there or being written: false. @throws PlaceError, DigestMismatchError */
  async put(
    blob: BlobToPut,
    content: Pick<BlobContent, 'open'>,
    signal: AbortSignal,
    name?: NameRecord,
  ): Promise<boolean> {
    for (;;) {
      if (this.entries.has(blob.digest)) return false
      const begun = this.#writing.get(blob.digest)
      if (begun === undefined) break
      // Should the other one fail, whoever waited longest tries, and the rest wait for that.
      await begun.catch(() => undefined)
    }
    const work = this.#write(blob, content, signal, name)
    this.#writing.set(blob.digest, work)
    try {
      await work
      return true
    } finally {
      this.#writing.delete(blob.digest)
    }
  }

  /** Gives a manifest that is there a name, in the place of an earlier one of that name. */
  async name(record: NameRecord): Promise<void> {
    const manifest = this.entries.get(record.digest)
    const volume = manifest?.parts[0]?.volume
    if (manifest === undefined || volume === undefined)
      throw new Error(`${record.digest} is not in the archive`)
    const key = nameKey(record)
    const before = this.names.get(key)
    if (before?.digest === record.digest) return
    const isListed =
      this.#lines.delete(`${volume} ${key}`) ||
      this.room.addIndexLine(volume, indexLineBytes(record, manifest))
    const name = isListed ? { ...record, listed: volume } : record
    await this.#progress.append({ did: 'name', name })
    this.names.set(key, name)
  }

  async unname(record: NameRecord): Promise<void> {
    if (!this.names.has(nameKey(record))) return
    await this.#progress.append({ did: 'unname', name: record })
    this.names.delete(nameKey(record))
  }

  async close(): Promise<void> {
    await this.#progress.close()
    await this.volumes.close()
  }

  async #write(
    blob: BlobToPut,
    content: Pick<BlobContent, 'open'>,
    signal: AbortSignal,
    name: NameRecord | undefined,
  ): Promise<Entry> {
    const places = this.#reserve(blob, name)
    try {
      const chunks = await content.open(signal)
      const parts = await writeParts(this.volumes, places, blob, chunks, signal)
      const { digest, size, mediaType } = blob
      const entry: Entry = { digest, size, ...(mediaType !== undefined && { mediaType }), parts }
      await this.#progress.append({ did: 'entry', entry })
      this.entries.set(digest, entry)
      return entry
    } catch (error) {
      for (const place of places) this.room.release(place)
      throw error
    }
  }

  /** A manifest's volume gets room for the manifest's name as well, so that its index can list it. */
  #reserve({ digest, size, mediaType }: BlobToPut, name: NameRecord | undefined): readonly NamedPlace[] {
    const whole = blobName(digest)
    const line = name === undefined || mediaType === undefined ? 0 : indexLineBytes(name, { size, mediaType })
    const place = this.room.reserve(whole, size, line)
    if (place !== undefined && name !== undefined) this.#lines.add(`${place.volume} ${nameKey(name)}`)
    if (place !== undefined) return [{ ...place, name: whole }]
    if (mediaType !== undefined)
      throw new PlaceError(
        `the manifest ${digest} of ${size} bytes does not fit a volume of ${this.room.limit} bytes`,
        { hint: 'manifests are not split: choose a larger volume size' },
      )
    const places = this.room.reserveParts(part => partName(digest, part), size)
    return places.map((each, at) => ({ ...each, name: partName(digest, at + 1) }))
  }

  /** Takes over what an earlier run finished, as far as its volumes are still there. */
  async #goOn(lines: readonly ProgressLine[]): Promise<void> {
    const sizes = await volumeSizes(this.folder)
    for (const line of lines) {
      if (
        line.did === 'entry' &&
        line.entry.parts.every(part => endOf(part) <= (sizes.get(part.volume) ?? 0))
      )
        this.entries.set(line.entry.digest, line.entry)
    }
    const regions = [...this.entries.values()].flatMap(regionsOf)
    for (const region of regions.sort((a, b) => a.volume - b.volume || a.offset - b.offset))
      this.room.occupy(region)
    for (const line of lines) {
      if (line.did === 'unname') this.names.delete(nameKey(line.name))
      if (line.did === 'name') this.#takeName(line.name)
    }
    for (const volume of sizes.keys())
      if (volume > this.room.volumes) await rm(this.volumes.pathOf(volume), { force: true })
  }

  #takeName({ listed, ...record }: NameRecord): void {
    const manifest = this.entries.get(record.digest)
    if (manifest === undefined) return
    const fits = listed !== undefined && this.room.addIndexLine(listed, indexLineBytes(record, manifest))
    this.names.set(nameKey(record), fits ? { ...record, listed } : record)
  }
}

/** Where an entry's members stand, their headers and padding included. */
function regionsOf({ digest, parts }: Entry) {
  return parts.map(({ volume, offset, length }, at) => {
    const name = parts.length === 1 ? blobName(digest) : partName(digest, at + 1)
    const header = headerSize(name, length)
    return { volume, offset: offset - header, length: header + padded(length) }
  })
}

function endOf({ offset, length }: Part): number {
  return offset + length
}

async function volumeSizes(folder: string): Promise<ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>()
  for (const name of await readdir(folder)) {
    const volume = volumeNumber(name)
    if (volume !== undefined) sizes.set(volume, (await stat(path.join(folder, name))).size)
  }
  return sizes
}

async function refuseTaken(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  const taken = found.find(name => name === CONTENTS_FILE || volumeNumber(name) !== undefined)
  if (taken === undefined) return
  throw new ArchiveError(`${folder} holds an archive already (${taken})`, {
    hint: 'name a folder that is empty or does not exist: an archive is never added to',
  })
}

function refuseOther(folder: string, there: Purpose, wanted: Purpose): void {
  const differs = (['target', 'lineage', 'plan', 'volumeSize'] as const).find(
    key => there[key] !== wanted[key],
  )
  if (differs === undefined) return
  const said = differs === 'volumeSize' ? 'volume size' : differs
  throw new ArchiveError(
    `${folder} holds an unfinished archive with another ${said}: ${there[differs]}, not ${wanted[differs]}`,
    { hint: 'finish that one with its own plan and volume size, or remove the folder, or name another one' },
  )
}

function nameKey({ repository, tag, digest }: NameRecord): string {
  return tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`
}

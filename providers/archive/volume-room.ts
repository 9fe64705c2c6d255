/**
 * Where the next blob goes: keeps, as plain numbers, which bytes of which volume are taken.
 *
 * A blob lies whole in the first volume with room for it; one that no empty volume could take is split. Everything
 * counts against the limit, also what is only written at the end: each volume's index.json, as it grows, and the end of
 * the tar. Room given back is taken by the next blob that fits; what stays is the archive's `unused`.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Region } from './contents.ts'
import { BLOCK, END_SIZE, headerSize, padded, regionSize } from './tar-header.ts'
import { EMPTY_INDEX_BYTES, INDEX_NAME, LONGEST_INDEX_LINE, MARKER_REGION } from './volume-files.ts'

/** Room reserved in a volume for some bytes and the tar header before them. */
export interface Place extends Region {
  /** Bytes of content. */
  readonly size: number
}

interface Volume {
  /** Everything from here on is free. */
  tail: number
  /** Regions before the tail that are free, by offset. */
  free: Region[]
  /** Bytes index.json will have at most. */
  indexBytes: number
}

/** A blob is not split only to fill a rest smaller than this part of a volume. */
const LEAST_PART = 1 / 16

/** The smallest volume that can hold a manifest of so many bytes. */
export function minimumVolumeSize(largestManifest: number): number {
  const index = BLOCK + padded(EMPTY_INDEX_BYTES + LONGEST_INDEX_LINE)
  return MARKER_REGION + 3 * BLOCK + padded(largestManifest) + index + END_SIZE
}

export class VolumeRoom {
  readonly limit: number
  readonly #volumes: Volume[] = []

  /** @param limit bytes no volume may exceed */
  constructor(limit: number) {
    this.limit = limit
  }

  get volumes(): number {
    return this.#volumes.length
  }

  /** Where the next member of a volume would stand, once nothing is reserved any more. */
  tailOf(volume: number): number {
    return this.#volume(volume).tail
  }

  /**
   * Room for one member as a whole; undefined when no volume, not even an empty one, can take it.
   *
   * @param indexLine bytes by which the same volume's index.json grows
   */
  reserve(name: string, size: number, indexLine: number = 0): Place | undefined {
    const length = regionSize(name, size)
    for (let volume = 1; volume <= this.#volumes.length; volume++) {
      const offset = this.#take(volume, length, indexLine)
      if (offset !== undefined) return { volume, offset, length, size }
    }
    if (length > roomIn(emptyVolume(), this.limit, indexLine)) return undefined
    this.#volumes.push(emptyVolume())
    const volume = this.#volumes.length
    const offset = this.#take(volume, length, indexLine)
    return offset === undefined ? undefined : { volume, offset, length, size }
  }

  /**
   * Room for a blob that no volume can take as a whole: the rest of the last volume, then new ones.
   *
   * @param nameOf the name of a part, counted from 1
   */
  reserveParts(nameOf: (part: number) => string, size: number): readonly Place[] {
    const places: Place[] = []
    for (let left = size; left > 0; ) {
      const last = this.#volumes.at(-1)
      const least = this.limit * LEAST_PART
      if (last === undefined || roomIn(last, this.limit) < Math.max(least, 4 * BLOCK))
        this.#volumes.push(emptyVolume())
      const volume = this.#volumes.length
      const name = nameOf(places.length + 1)
      const room = roomIn(this.#volume(volume), this.limit)
      const most = Math.floor((room - headerSize(name, room)) / BLOCK) * BLOCK
      if (most <= 0)
        throw new PlaceError(`volumes of ${this.limit} bytes are too small to hold anything`, {
          hint: 'choose a larger volume size',
        })
      const part = Math.min(left, most)
      const length = regionSize(name, part)
      const offset = this.#take(volume, length, 0)
      if (offset === undefined) throw new Error(`volume ${volume} has no room for ${length} bytes`)
      places.push({ volume, offset, length, size: part })
      left -= part
    }
    return places
  }

  /** Gives room back: its bytes count as free, whatever was written there. */
  release({ volume, offset, length }: Region): void {
    const room = this.#volume(volume)
    const free = [...room.free, { volume, offset, length }].sort((a, b) => a.offset - b.offset)
    room.free = joined(free)
    const last = room.free.at(-1)
    if (last === undefined || last.offset + last.length !== room.tail) return
    room.tail = last.offset
    room.free.pop()
  }

  /** Says that a region is taken already, by an earlier run: in the order of offsets. */
  occupy({ volume, offset, length }: Region): void {
    while (this.#volumes.length < volume) this.#volumes.push(emptyVolume())
    const room = this.#volume(volume)
    if (offset > room.tail) room.free.push({ volume, offset: room.tail, length: offset - room.tail })
    room.tail = offset + length
  }

  /** Lets a volume's index.json grow; false when the volume has no room for that. */
  addIndexLine(volume: number, bytes: number): boolean {
    const room = this.#volume(volume)
    if (roomIn(room, this.limit, bytes) < 0) return false
    room.indexBytes += bytes
    return true
  }

  /** A new volume after all others. */
  addVolume(): number {
    this.#volumes.push(emptyVolume())
    return this.#volumes.length
  }

  /** Bytes that are free between members of a volume. */
  unused(): readonly Region[] {
    return this.#volumes.flatMap(({ free }) => free)
  }

  #take(volume: number, length: number, indexLine: number): number | undefined {
    const room = this.#volume(volume)
    const left = roomIn(room, this.limit, indexLine)
    if (left < 0) return undefined
    const at = room.free.findIndex(region => region.length === length || region.length >= length + BLOCK)
    const region = room.free[at]
    if (region !== undefined) {
      const rest = { volume, offset: region.offset + length, length: region.length - length }
      room.free.splice(at, 1, ...(rest.length > 0 ? [rest] : []))
      room.indexBytes += indexLine
      return region.offset
    }
    if (left < length) return undefined
    const offset = room.tail
    room.tail += length
    room.indexBytes += indexLine
    return offset
  }

  #volume(volume: number): Volume {
    const found = this.#volumes[volume - 1]
    if (found === undefined) throw new RangeError(`there is no volume ${volume}`)
    return found
  }
}

function emptyVolume(): Volume {
  return { tail: MARKER_REGION, free: [], indexBytes: EMPTY_INDEX_BYTES }
}

/** Bytes left for members at the tail; below 0 when not even the index fits. */
function roomIn({ tail, indexBytes }: Volume, limit: number, indexLine: number = 0): number {
  return limit - END_SIZE - regionSize(INDEX_NAME, indexBytes + indexLine) - tail
}

function joined(regions: readonly Region[]): Region[] {
  const result: Region[] = []
  for (const region of regions) {
    const before = result.at(-1)
    if (before !== undefined && before.offset + before.length === region.offset)
      result[result.length - 1] = { ...before, length: before.length + region.length }
    else result.push(region)
  }
  return result
}

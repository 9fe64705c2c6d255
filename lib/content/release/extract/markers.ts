/**
 * A binary with places for values → the same binary with the values written into them (`oc adm release extract`, pinning a
 * release). A place is a marker: as many bytes as the longest value, whose reader stops at the first NUL.
 */
import { PlanError } from '../../../errors.ts'

/** `image`, `version`, `architecture`: what a binary can be told of its release. */
export type Told = 'image' | 'version' | 'architecture'

export interface Replacement {
  /** For messages: `image`. */
  readonly name: string
  readonly marker: Uint8Array
  readonly value: string
}

/** Letters after the name of a place, which make room for the value. */
const IMAGE_ROOM = 300
const OTHER_ROOM = 64

const MARKERS: Readonly<Record<Told, Uint8Array>> = {
  image: markerOf('_RELEASE_IMAGE_LOCATION_', IMAGE_ROOM),
  version: markerOf('_RELEASE_VERSION_LOCATION_', OTHER_ROOM),
  architecture: markerOf('_RELEASE_ARCHITECTURE_LOCATION_', OTHER_ROOM),
}

function markerOf(name: string, room: number): Uint8Array {
  return Buffer.from(`\0${name}\0${'X'.repeat(room)}\0`, 'latin1')
}

/** The place for one thing, and what to write there. */
export function telling(name: Told, value: string): Replacement {
  return { name, marker: MARKERS[name], value }
}

/**
 * Writes each value and a NUL over the first occurrence of its marker, in place: the binary keeps its size.
 *
 * @returns names of replacements whose marker is not there, sorted
 * @throws PlanError when a value and its NUL are longer than the marker; nothing is written then
 */
export function writeReplacements(
  binary: Uint8Array,
  replacements: readonly Replacement[],
): readonly string[] {
  const values = replacements.map(({ name, marker, value }) => {
    const bytes = Buffer.from(`${value}\0`)
    if (bytes.length > marker.length)
      throw new PlanError(
        `the ${name} "${value}" has ${bytes.length - 1} bytes, and the binary has room for ${marker.length - 1}`,
        { hint: 'mirror the release under a shorter name' },
      )
    return bytes
  })
  const text = Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength)
  const places = replacements.map(({ marker }) => text.indexOf(marker))
  for (const [at, place] of places.entries()) {
    const value = values[at]
    if (place >= 0 && value !== undefined) text.set(value, place)
  }
  return replacements
    .filter((_, at) => places[at] === -1)
    .map(({ name }) => name)
    .toSorted()
}

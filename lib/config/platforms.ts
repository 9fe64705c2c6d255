/** `platforms` of a catalog, an image or the releases -> the platforms that are asked for. */
import { canonicalArchitecture, type Platform } from '../oci/platform.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'

/** Empty means all; what lacks a part the schema has reported. */
export function readPlatforms(parent: Entry | undefined): readonly Platform[] {
  return itemsOf(parent, 'platforms').flatMap(platform => {
    const os = textOf(fieldOf(platform, 'os'))
    const architecture = textOf(fieldOf(platform, 'architecture'))
    if (os === undefined || architecture === undefined) return []
    return [{ os, architecture: canonicalArchitecture(architecture) }]
  })
}

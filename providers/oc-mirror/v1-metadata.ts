/**
 * `.metadata.json` of oc-mirror v1 -> the reference each image was copied from. Its associations give, for every image,
 * the repository on the disk, the digest, the tag and the source.
 */
import { isRecord, stringOrUndefined } from '../../lib/oci/json.ts'
import type { OriginOf } from './list-images.ts'

export const METADATA_FILE = 'publish/.metadata.json'

/** undefined when the text is no metadata. */
export function readOrigins(text: string): OriginOf | undefined {
  const json = parse(text)
  if (!isRecord(json) || json.kind !== 'Metadata') return undefined
  const past = isRecord(json.pastMirror) ? json.pastMirror.associations : undefined
  const origins = new Map<string, string>()
  for (const association of [...listOf(json.pastAssociations), ...listOf(past)]) {
    if (!isRecord(association)) continue
    const { path, id, tagSymlink } = association
    const name = stringOrUndefined(association.name)
    // A child of an index is called by its digest, which is no reference.
    if (typeof path !== 'string' || name === undefined || !name.includes('/')) continue
    if (typeof id === 'string') origins.set(`${path}@${id}`, name)
    if (typeof tagSymlink === 'string') origins.set(`${path}:${tagSymlink}`, name)
  }
  return ({ repository, tag, digest }) =>
    origins.get(`${repository}:${tag}`) ?? origins.get(`${repository}@${digest}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

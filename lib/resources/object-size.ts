/**
 * Entries -> as few objects as hold them all. `oc apply` keeps the whole object in one of its annotations, and those may
 * have 256 KiB together; etcd's own limit of 1.5 MB is never reached.
 */
import { Buffer } from 'node:buffer'

/** Bytes of an object as JSON (oc adm catalog mirror, `--max-icsp-size`); less than the 262144 of annotations. */
export const MAX_OBJECT_BYTES = 250_000

/**
 * Parts in order, each within the limit as `make` puts it together; an entry that is too large alone is a part alone.
 * What fits into one part is one part.
 *
 * @param limit bytes
 */
export function splitBySize<T>(
  entries: readonly T[],
  make: (entries: readonly T[]) => unknown,
  limit = MAX_OBJECT_BYTES,
): readonly (readonly T[])[] {
  const room = limit - bytesOf(make([]))
  const parts: T[][] = []
  let part: T[] = []
  let used = 0
  for (const entry of entries) {
    // A comma between two entries.
    const size = bytesOf(entry) + 1
    if (part.length > 0 && used + size > room) {
      parts.push(part)
      part = []
      used = 0
    }
    part.push(entry)
    used += size
  }
  return part.length > 0 ? [...parts, part] : parts
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

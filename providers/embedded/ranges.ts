/** Reading the ranges of downloads (RFC 9110, "Range Requests") and of upload chunks (OCI distribution-spec 1.1). */

/** Both ends included, bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * A `Range` header over content of `size` bytes. undefined: serve everything, for want of a header or because it asks
 * for something other than one range of bytes. `unsatisfiable`: nothing of it exists.
 */
export function downloadRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const suffix = Math.min(Number(last), size)
    return suffix === 0 ? 'unsatisfiable' : { start: size - suffix, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** A chunk's `Content-Range`, `0-1023` or, as some clients write it, `bytes 0-1023/*`; undefined when it is neither. */
export function chunkRange(header: string): ByteRange | undefined {
  const [, first, last] = /^(?:bytes )?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(header.trim()) ?? []
  if (first === undefined || last === undefined) return undefined
  return { start: Number(first), end: Number(last) }
}

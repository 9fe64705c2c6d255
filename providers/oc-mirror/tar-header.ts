/**
 * Blocks of a tar -> what they say about the member that follows (POSIX.1-2001 "pax Interchange Format" and "ustar"; the
 * GNU manual, "Basic Tar Format", for long names and large numbers). Go's tar writer, which oc-mirror uses, writes ustar
 * where the name fits and pax where it does not; people who pack again use GNU tar.
 */

/** Tar counts in blocks of so many bytes. */
export const BLOCK = 512
const CHECKSUM_AT = 148
const CHECKSUM_LENGTH = 8

export interface TarHeader {
  readonly name: string
  /** bytes; NaN when the field is no number. */
  readonly size: number
  /** One character: `0` a file, `2` a symbolic link, `5` a folder, `x` an extended header, … */
  readonly type: string
  readonly link: string
}

/** undefined when the block is no header: its checksum is wrong. */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (readNumber(block, CHECKSUM_AT, CHECKSUM_LENGTH) !== checksumOf(block)) return undefined
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isPosix ? readText(block, 345, 155) : ''
  const name = readText(block, 0, 100)
  const type = block[156] ?? 0
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: readNumber(block, 124, 12),
    type: type === 0 ? '0' : String.fromCharCode(type),
    link: readText(block, 157, 100),
  }
}

/** The records of an extended header, `LENGTH KEY=VALUE\n` each; what breaks that grammar ends the list. */
export function readPaxRecords(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : Number(content.toString('latin1', at, space))
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > content.length) break
    const record = content.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

export function isEmptyBlock(block: Buffer): boolean {
  return block.every(byte => byte === 0)
}

/** `size` with the padding that follows it. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

/** Text up to the first zero byte. */
export function readText(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** Octal digits or, with the first bit set, a binary number. */
function readNumber(block: Buffer, at: number, length: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) {
    let value = (block[at] ?? 0) & 0x7f
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte
    return Number.isSafeInteger(value) ? value : Number.NaN
  }
  const text = readText(block, at, length).trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

/** The sum of all bytes, with those of the checksum itself taken as spaces. */
function checksumOf(block: Buffer): number {
  let sum = CHECKSUM_LENGTH * 0x20
  for (let at = 0; at < BLOCK; at++)
    if (at < CHECKSUM_AT || at >= CHECKSUM_AT + CHECKSUM_LENGTH) sum += block[at] ?? 0
  return sum
}

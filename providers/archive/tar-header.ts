/**
 * Names and sizes -> POSIX tar headers, and back (POSIX.1-2001, "pax Interchange Format").
 *
 * Every member is a regular file of nobody's from the start of 1970, so that the same content always gives the same
 * bytes. A name over 100 bytes (sha512) or a size over 8 GiB is said in an extended header before it.
 */

/** Tar counts in blocks of so many bytes. */
export const BLOCK: number = 512
/** Two empty blocks end a tar. */
export const END_SIZE: number = 2 * BLOCK
/** The longest name, bytes, and the largest size that fit the plain header. */
const MAX_NAME = 100
const MAX_SIZE = 0o77777777777

/** What a header says. */
export interface TarMember {
  readonly name: string
  /** bytes */
  readonly size: number
  /** As in the header: `0` is a regular file. */
  readonly type: string
  /** Where a link leads. */
  readonly link: string
}

/** `size` with the padding that follows it. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

/** Bytes of the header, extended or not. */
export function headerSize(name: string, size: number): number {
  return isPlain(name, size) ? BLOCK : 3 * BLOCK
}

/** Bytes a member takes: header, content, padding. */
export function regionSize(name: string, size: number): number {
  return headerSize(name, size) + padded(size)
}

export function tarHeader(name: string, size: number): Buffer {
  if (isPlain(name, size)) return plainHeader(name, size, '0')
  const records = Buffer.from(paxRecord('path', name) + paxRecord('size', String(size)))
  const extended = Buffer.alloc(BLOCK)
  records.copy(extended)
  const short = name.slice(0, MAX_NAME)
  return Buffer.concat([
    plainHeader(`pax/${short}`.slice(0, MAX_NAME), records.length, 'x'),
    extended,
    plainHeader(short, size > MAX_SIZE ? 0 : size, '0'),
  ])
}

/** Reads one plain header block; undefined when it is none: its checksum is wrong, or it is empty. */
export function readTarHeader(block: Uint8Array): TarMember | undefined {
  const header = Buffer.from(block.buffer, block.byteOffset, block.length)
  if (header.length < BLOCK || readNumber(header, 148, 8) !== checksum(header)) return undefined
  const prefix = readText(header, 345, 155)
  const name = readText(header, 0, MAX_NAME)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: readNumber(header, 124, 12),
    type: header[156] === 0 ? '0' : String.fromCharCode(header[156] ?? 0),
    link: readText(header, 157, 100),
  }
}

/** For messages: `a symbolic link to /etc/passwd`. */
export function describeMember({ name, type, link }: TarMember): string {
  const named = JSON.stringify(name)
  switch (type) {
    case '0':
      return `the file ${named}`
    case '1':
      return `${named}, a hard link to ${JSON.stringify(link)}`
    case '2':
      return `${named}, a symbolic link to ${JSON.stringify(link)}`
    case '5':
      return `the folder ${named}`
    case 'x':
      return `the extended header ${named}`
    default:
      return `${named}, a member of type ${JSON.stringify(type)}`
  }
}

function isPlain(name: string, size: number): boolean {
  return Buffer.byteLength(name) <= MAX_NAME && size <= MAX_SIZE
}

function plainHeader(name: string, size: number, type: '0' | 'x'): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

/** The sum of all bytes, with those of the checksum itself taken as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0
  return sum
}

function readText(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function readNumber(header: Buffer, at: number, length: number): number {
  const text = readText(header, at, length).trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : -1
}

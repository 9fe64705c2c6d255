/**
 * Files → a tar archive (POSIX.1-1988 ustar; POSIX.1-2001 pax headers where a path does not fit) whose bytes depend on
 * nothing but paths, contents and whether a file may be executed: sorted, owned by root without names, from the start
 * of 1970, each folder once before what is in it.
 */
import { compareText } from '../../target.ts'

export interface ArchiveFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

const BLOCK = 512
const FILE = '0'
const DIRECTORY = '5'
const PAX_HEADER = 'x'
/** Bytes of the fields of a ustar header that hold a path. */
const NAME_BYTES = 100
const PREFIX_BYTES = 155

/** @param files whose paths are normalised and differ */
export function writeArchive(files: Iterable<ArchiveFile>): Uint8Array {
  const members = new Map<string, ArchiveFile | undefined>()
  for (const file of files) {
    for (let slash = file.path.indexOf('/'); slash >= 0; slash = file.path.indexOf('/', slash + 1))
      members.set(file.path.slice(0, slash), undefined)
    members.set(file.path, file)
  }
  const parts: Uint8Array[] = []
  for (const [path, file] of [...members].sort(([a], [b]) => compareText(a, b))) {
    if (file === undefined) parts.push(...headersFor(`${path}/`, DIRECTORY, folderMode(path), 0))
    else {
      parts.push(...headersFor(path, FILE, file.executable ? 0o755 : 0o644, file.bytes.length))
      parts.push(file.bytes, paddingFor(file.bytes.length))
    }
  }
  parts.push(new Uint8Array(2 * BLOCK))
  return Buffer.concat(parts)
}

/** A folder's mode replaces the one it has in the layers below: programs go on needing their place for temporary files. */
function folderMode(path: string): number {
  return path === 'tmp' || path === 'var/tmp' ? 0o1777 : 0o755
}

function headersFor(path: string, type: string, mode: number, size: number): readonly Uint8Array[] {
  const fit = fitPath(path)
  if (fit !== undefined) return [header(fit, type, mode, size)]
  const record = Buffer.from(paxRecord('path', path))
  const shortened = { name: path.replace(/[^\x20-\x7e]/g, '_').slice(0, NAME_BYTES), prefix: '' }
  return [
    header({ name: 'PaxHeader', prefix: '' }, PAX_HEADER, 0o644, record.length),
    record,
    paddingFor(record.length),
    header(shortened, type, mode, size),
  ]
}

interface FitPath {
  readonly name: string
  readonly prefix: string
}

/** undefined when the path has other letters than ASCII or is too long, however it is divided. */
function fitPath(path: string): FitPath | undefined {
  if (!/^[\x20-\x7e]*$/.test(path)) return undefined
  if (path.length <= NAME_BYTES) return { name: path, prefix: '' }
  // A folder's own slash at the end divides nothing.
  for (let slash = path.indexOf('/'); slash >= 0 && slash < path.length - 1; ) {
    const name = path.slice(slash + 1)
    if (slash > PREFIX_BYTES) return undefined
    if (name.length <= NAME_BYTES) return { name, prefix: path.slice(0, slash) }
    slash = path.indexOf('/', slash + 1)
  }
  return undefined
}

/** `LENGTH KEY=VALUE`, a line whose length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + String(bytes).length
  if (bytes + String(length).length !== length) length = bytes + String(length).length
  return `${length}${rest}`
}

function header({ name, prefix }: FitPath, type: string, mode: number, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, NAME_BYTES, 'latin1')
  block.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 100)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 329)
  block.write(prefix, 345, PREFIX_BYTES, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function paddingFor(size: number): Uint8Array {
  return new Uint8Array(-size & (BLOCK - 1))
}

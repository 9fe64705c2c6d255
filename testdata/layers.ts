/**
 * Files → an image layer: a gzip-compressed POSIX ustar archive whose bytes depend only on names and contents, so that
 * the same files always have the same digest. Owners, times and modes are fixed.
 */
import { gzipSync } from 'node:zlib'

/** Path inside the image → content. */
export type LayerFiles = Readonly<Record<string, string | Uint8Array>>

export interface BuiltLayer {
  /** The uncompressed tar; its digest is the layer's diff ID. */
  readonly tar: Uint8Array
  readonly gzip: Uint8Array
}

const BLOCK = 512

export function buildLayer(files: LayerFiles): BuiltLayer {
  const parts: Uint8Array[] = []
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    parts.push(tarHeader(name, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1)))
  }
  parts.push(Buffer.alloc(2 * BLOCK))
  const tar = Buffer.concat(parts)
  const gzip = gzipSync(tar, { level: 1 })
  // RFC 1952: byte 9 names the operating system that compressed; 255 is "unknown".
  gzip[9] = 255
  return { tar, gzip }
}

/** One ustar header (POSIX.1-1988): a regular file of root's, mode 0644, from the start of 1970. */
function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`"${name}" is too long for a ustar header`)
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/**
 * A layer as it is stored → its tar archive as a stream: gzip, zstd or not compressed, as its first bytes say, because
 * media types are known to be wrong.
 *
 * However the reading of the archive ends, the stored bytes are read to their end: only there is their digest proved,
 * and a layer that was damaged on the way is told as that, not as a broken archive.
 */
import { PassThrough, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ImageFault } from './image-fault.ts'

const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** Bytes that tell how a layer is compressed. */
const MAGIC_BYTES = 4
/** Bytes unpacked at a time: layers are large, and each piece costs its way through the streams. */
const CHUNK = 128 * 1024

/**
 * @param what names the layer in messages
 * @param maxBytes of the unpacked archive
 * @returns what `use` makes of the archive
 * @throws what reading the blob throws before anything that `use` throws; ImageFault
 */
export async function unpack<T>(
  blob: AsyncIterable<Uint8Array>,
  what: string,
  maxBytes: number,
  use: (archive: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const stored = blob[Symbol.asyncIterator]()
  const head = await readHead(stored)
  const unpacking = decompressorFor(head)
  unpacking.on('error', () => {})
  const feeding = feed(unpacking, head, stored)
  const [used] = await Promise.allSettled([use(limited(unpacking, what, maxBytes))])
  unpacking.destroy()
  await feeding
  if (used.status === 'rejected') throw used.reason
  return used.value
}

async function readHead(stored: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for (let size = 0; size < MAGIC_BYTES; ) {
    const { done, value } = await stored.next()
    if (done) break
    chunks.push(value)
    size += value.length
  }
  return Buffer.concat(chunks)
}

function decompressorFor(head: Buffer): Transform {
  if (head.subarray(0, GZIP.length).equals(GZIP)) return createGunzip({ chunkSize: CHUNK })
  if (head.subarray(0, ZSTD.length).equals(ZSTD)) return createZstdDecompress({ chunkSize: CHUNK })
  return new PassThrough()
}

/** Also when nobody wants the unpacked bytes any more. */
async function feed(into: Transform, head: Buffer, stored: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    let chunk: Uint8Array | undefined = head
    while (chunk !== undefined) {
      if (!into.destroyed && chunk.length > 0 && !into.write(chunk)) await roomIn(into)
      const next: IteratorResult<Uint8Array> = await stored.next()
      chunk = next.done ? undefined : next.value
    }
    into.end()
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

/** Resolves when more may be written, or when there is nobody left to write for. */
function roomIn(stream: Transform): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed) return resolve()
    const go = () => {
      stream.off('drain', go).off('close', go)
      resolve()
    }
    stream.on('drain', go).on('close', go)
  })
}

async function* limited(
  archive: AsyncIterable<Uint8Array>,
  what: string,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of archive) {
    size += chunk.length
    if (size > maxBytes)
      throw new ImageFault(`${what}: unpacked it has more than ${maxBytes} bytes`, {
        hint: 'a layer that unpacks to so much is not read; ask whoever built the image',
      })
    yield chunk
  }
}

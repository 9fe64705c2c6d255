/**
 * Bytes that look random and are the same on every run and machine: an AES-CTR key stream whose key is the hash of a
 * seed. Tests and benchmarks get content of any size at memory speed without storing it.
 */
import { createCipheriv, createHash } from 'node:crypto'

const CHUNK = 1024 * 1024

/** `size` bytes; the same seed gives the same bytes, and a shorter request is a prefix of a longer one. */
export function bytesFromSeed(seed: string | number, size: number): Buffer {
  return keyStream(seed).update(Buffer.alloc(size))
}

/** The bytes of `bytesFromSeed` in chunks of at most one MiB, for content that should never be in memory whole. */
export async function* streamFromSeed(seed: string | number, size: number): AsyncGenerator<Buffer> {
  const cipher = keyStream(seed)
  for (let left = size; left > 0; left -= CHUNK) yield cipher.update(Buffer.alloc(Math.min(left, CHUNK)))
}

function keyStream(seed: string | number) {
  const key = createHash('sha256').update(String(seed)).digest()
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), Buffer.alloc(16))
}

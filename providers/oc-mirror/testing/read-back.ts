/** Reads everything of an image out of a stored repository and compares it, byte for byte, with what was stored. */
import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { parseRepositoryPath, parseTag } from '../../../lib/oci/reference.ts'
import { type Built, manifestsOf } from '../../../testdata/images.ts'
import type { StoredImages } from '../index.ts'

export const SIGNAL: AbortSignal = new AbortController().signal

export async function assertReadsBack(stored: StoredImages, name: string, image: Built): Promise<void> {
  const [repository = '', tag] = name.split(':')
  const reader = stored.repository(parseRepositoryPath(repository))
  const { digest } = image.manifest
  const resolved = await reader.resolve(tag === undefined ? digest : parseTag(tag), SIGNAL)
  const { mediaType, bytes } = image.manifest
  assert.deepEqual(resolved, { mediaType, digest, size: bytes.length }, name)
  for (const { manifest, blobs } of manifestsOf(image)) {
    const read = await reader.manifest(manifest.digest, SIGNAL)
    assert.deepEqual(
      [read.mediaType, Buffer.from(read.bytes)],
      [manifest.mediaType, Buffer.from(manifest.bytes)],
    )
    for (const [blob, content] of blobs) {
      const descriptor = { mediaType: 'application/octet-stream', digest: blob, size: content.length }
      assert.deepEqual(await buffer(await reader.blob(descriptor, SIGNAL)), Buffer.from(content))
    }
  }
}

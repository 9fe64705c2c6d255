/**
 * Manifests on disk by digest, between runs: `<folder>/manifests/sha256/<hex>` holds the media type as a first line and
 * then the bytes. Bytes are checked on every read; what is damaged or cannot be written is simply not there, because
 * the cache only saves requests and never decides anything.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { algorithmOf, type Digest, digestOf, hexOf } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { ManifestCache } from '../../lib/provider.ts'
import { place } from './placing.ts'

const LINE_END = 0x0a

export function openManifestCache(folder: string): ManifestCache {
  const pathOf = (digest: Digest) => join(folder, 'manifests', algorithmOf(digest), hexOf(digest))

  async function get(digest: Digest): Promise<RawManifest | undefined> {
    try {
      const content = await readFile(pathOf(digest))
      const end = content.indexOf(LINE_END)
      const bytes = content.subarray(end + 1)
      if (end < 0 || digestOf(bytes, algorithmOf(digest)) !== digest) return undefined
      return { digest, mediaType: content.toString('utf8', 0, end), bytes }
    } catch {
      return undefined
    }
  }

  async function put({ digest, mediaType, bytes }: RawManifest): Promise<void> {
    try {
      await place(pathOf(digest), Buffer.concat([Buffer.from(`${mediaType}\n`), bytes]))
    } catch {
      // a full or read-only cache folder costs requests later, nothing else
    }
  }

  return { get, put }
}

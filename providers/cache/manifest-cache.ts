/**
 * Manifests on disk by digest, between runs: `<folder>/manifests/sha256/<hex>` holds the bytes, a file of the same name
 * with `.type` the media type. Bytes are checked on every read; what is damaged or cannot be written is simply not
 * there, because the cache only saves requests and never decides anything.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { algorithmOf, type Digest, digestOf, hexOf } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { ManifestCache } from '../../lib/provider.ts'

export function openManifestCache(folder: string): ManifestCache {
  const pathOf = (digest: Digest) => join(folder, 'manifests', algorithmOf(digest), hexOf(digest))

  async function get(digest: Digest): Promise<RawManifest | undefined> {
    try {
      const [bytes, mediaType] = await Promise.all([
        readFile(pathOf(digest)),
        readFile(`${pathOf(digest)}.type`, 'utf8'),
      ])
      return digestOf(bytes, algorithmOf(digest)) === digest ? { digest, mediaType, bytes } : undefined
    } catch {
      return undefined
    }
  }

  async function put({ digest, mediaType, bytes }: RawManifest): Promise<void> {
    try {
      await mkdir(dirname(pathOf(digest)), { recursive: true })
      await place(`${pathOf(digest)}.type`, mediaType)
      await place(pathOf(digest), bytes)
    } catch {
      // a full or read-only cache folder costs requests later, nothing else
    }
  }

  return { get, put }
}

/** Written beside its place and renamed, so that a reader of the same moment never sees half of it. */
async function place(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${placed++}`
  await writeFile(temporary, content)
  await rename(temporary, path)
}

let placed = 0

/** A cache for one run, where nothing may be written. */
export function memoryManifestCache(): ManifestCache {
  const known = new Map<Digest, RawManifest>()
  return {
    get: async digest => known.get(digest),
    put: async manifest => {
      known.set(manifest.digest, manifest)
    },
  }
}

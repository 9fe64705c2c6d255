/** Caches that last for one test; a test that looks into one, or damages what it keeps, gives the map itself. */
import type { Digest } from '../lib/oci/digest.ts'
import type { RawManifest } from '../lib/oci/manifest.ts'
import type { FactCache, ManifestCache } from '../lib/provider.ts'

export function manifestsInMemory(kept: Map<Digest, RawManifest> = new Map()): ManifestCache {
  return {
    get: async digest => kept.get(digest),
    put: async manifest => void kept.set(manifest.digest, manifest),
  }
}

export function factsInMemory(kept: Map<string, Uint8Array> = new Map()): FactCache {
  return { get: async key => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) }
}

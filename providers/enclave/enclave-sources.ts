/** A target on the way -> everything that is read by its original name, and the manifests it may be answered from memory. */
import type { Digest } from '../../lib/oci/digest.ts'
import type { ImageSource, ManifestCache, Sources } from '../../lib/provider.ts'
import { type EnclavePlace, EnclaveRepository } from './enclave-repository.ts'
import { type HeldImages, heldImages, sourceName } from './held-images.ts'
import type { Hop } from './hop.ts'

export interface EnclavePlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
}

/**
 * What has its home in that registry, or in a folder here, and was never brought there under another name, is read as it is
 * named.
 *
 * @param direct opens repositories of the target on the way, and folders
 * @param cache holds what was read anywhere: what the target does not hold has to be missed all the same
 */
export function enclavePlaces(hop: Hop, direct: Sources, cache: ManifestCache): EnclavePlaces {
  const { host } = hop.address
  const held = heldImages(hop.state)
  const place: EnclavePlace = {
    hop,
    held,
    open: path => direct.open({ kind: 'registry', reference: { host, path } }),
  }
  const readers = new Map<string, EnclaveRepository>()
  const isAtHome = (source: ImageSource): boolean =>
    (source.kind === 'layout' || source.reference.host === host) && held.of(sourceName(source)).length === 0
  return {
    sources: {
      open(source) {
        if (isAtHome(source)) return direct.open(source)
        const name = sourceName(source)
        const known = readers.get(name) ?? new EnclaveRepository(name, place)
        readers.set(name, known)
        return known
      },
    },
    cache: heldOnly(cache, held),
  }
}

function heldOnly(cache: ManifestCache, held: HeldImages): ManifestCache {
  const isHeld = (digest: Digest): boolean => held.placeOf(digest) !== undefined
  return {
    get: async digest => (isHeld(digest) ? cache.get(digest) : undefined),
    put: manifest => cache.put(manifest),
  }
}

/**
 * A catalog image and what is left of its catalog -> the image that serves just that: two more layers on every image of the
 * source, one that hides what was there, one with the documents (oc-mirror v2, rebuild).
 *
 * The same catalog and choice make the same digest, so that a plan knows it and the next one finds it unchanged.
 */

import type { MadeImage } from '../../../graph/graph.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { Platform } from '../../../oci/platform.ts'
import type { ManifestCache, RepositoryReader } from '../../../provider.ts'
import { appendLayers, buildLayer, loadBase } from '../../image-build/index.ts'
import type { CatalogDocument } from '../catalog/index.ts'
import type { CatalogModel } from '../model.ts'
import { configFiles } from './config-files.ts'
import { CONFIGS, hiddenPaths, servingConfig } from './serving.ts'

export interface RebuildRequest {
  readonly reader: RepositoryReader
  /** Of the catalog as it is at its source. */
  readonly digest: Digest
  /** Empty means all. */
  readonly platforms: readonly Platform[]
  documents(): Promise<readonly CatalogDocument[]>
  /** What the image has to read back to. */
  readonly left: CatalogModel
}

/** On top of those of the source: one that hides, one with the documents. */
export const ADDED_LAYERS = 2

/** @throws ImageFault when a platform is missing or the image is none; PlaceError, DigestMismatchError */
export async function rebuildCatalog(
  { reader, digest, platforms, documents, left }: RebuildRequest,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<MadeImage> {
  const base = await loadBase(reader, digest, platforms, cache, signal)
  const hidden = hiddenPaths(base.images.map(({ config }) => config))
  const hiding = buildLayer(hidden.map(path => ({ path: whiteoutOf(path), bytes: new Uint8Array() })))
  const serving = buildLayer(configFiles(await documents(), left, CONFIGS))
  return appendLayers(base, [hiding, serving], servingConfig)
}

/** OCI image-spec 1.1, "Whiteouts". They work on the layers below, which is why the documents have a layer of their own. */
function whiteoutOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash + 1)}.wh.${path.slice(slash + 1)}`
}

/**
 * A catalog named on the command line (`adm catalog mirror`) -> wanted images: the catalog and everything its bundles need,
 * read in a registry or, carried across a gap, on a disk.
 */
import { loadManifest } from '../../../lib/content/image-files/index.ts'
import { readCatalog } from '../../../lib/content/operator/catalog/index.ts'
import { chooseIndexChild } from '../../../lib/content/operator/index-child.ts'
import { legacyTag, mountPath } from '../../../lib/content/operator/legacy-names.ts'
import { type MirroredCatalog, mirrorCatalog } from '../../../lib/content/operator/mirror-catalog.ts'
import { type Absence, MissingImageError } from '../../../lib/errors.ts'
import { placeImages } from '../../../lib/graph/naming.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { pullBy, type Reference, type Tag } from '../../../lib/oci/reference.ts'
import type { ImageSource, Sources } from '../../../lib/provider.ts'
import type { Destination } from '../../../lib/target.ts'
import { openFactCache } from '../../../providers/cache/fact-cache.ts'
import { openDatabase } from '../../../providers/sqlite/index.ts'
import type { Invocation } from '../../invocation.ts'
import { type DiskImages, type DiskReference, diskFirst } from '../places/disk-images.ts'
import { cacheFolder, type PlaceArguments, type Places } from '../places/open-places.ts'
import type { WantedSet } from '../wanted-images.ts'
import { NOTHING_WANTED, type WantedInput } from '../wanted-inputs.ts'

export type CatalogFrom =
  | { readonly kind: 'reference'; readonly reference: Reference }
  | {
      readonly kind: 'disk'
      readonly reference: DiskReference & { readonly tag: Tag }
      readonly disk: DiskImages
    }

export interface CatalogMirrorRequest {
  readonly from: CatalogFrom
  /** As it was typed: what origins call the catalog, and what the tag of one named by digest is made from. */
  readonly name: string
  /** Which image of an index is read. */
  readonly filter: RegExp
  /** What everything is put below; empty for the host itself. */
  readonly mountPoint: string
  readonly maxComponents: number
  /** On a disk the images of a catalog are below the catalog itself (oc). */
  readonly isBelowIndex: boolean
}

export interface CollectedCatalogMirror extends MirroredCatalog {
  readonly index: Destination
  readonly digest: Digest
}

/** @param tell is given the catalog as soon as it is read */
export function catalogMirrorInput(
  request: CatalogMirrorRequest,
  args: PlaceArguments,
  tell: (catalog: CollectedCatalogMirror) => void,
): WantedInput {
  const { from } = request
  return {
    inputs: [],
    ...(from.kind === 'disk' && { sources: named => catalogOnDisk(from, named) }),
    collect: async ({ address }, { places, invocation }): Promise<WantedSet> => {
      const catalog = await collectCatalogMirror(request, args, places, invocation)
      tell(catalog)
      const host = address.kind === 'registry' ? { ...address, prefix: '' as const } : address
      return {
        ...NOTHING_WANTED,
        images: placeImages(host, catalog.images, 0),
        selections: [
          {
            title: `catalog ${request.name}`,
            kept: [{ name: catalog.digest, why: 'every package, channel and bundle' }],
            remarks: [],
          },
        ],
        incomplete: catalog.incomplete,
        notes: catalog.notes,
      }
    },
  }
}

/** Images of the catalog that lie below it on the disk are read there, the others where the catalog names them. */
export function catalogOnDisk(
  { disk, reference }: Extract<CatalogFrom, { kind: 'disk' }>,
  named: Sources,
): Sources {
  return diskFirst(named, source =>
    source.kind === 'layout'
      ? source.folder === disk.folder
        ? disk.repository(reference.path)
        : undefined
      : disk.repository(mountPath(reference.path, source.reference.path, 0)),
  )
}

/** @throws PlanError when it is not there or is no catalog; CatalogError; PlaceError */
export async function collectCatalogMirror(
  request: CatalogMirrorRequest,
  args: PlaceArguments,
  { sources, cache }: Pick<Places, 'sources' | 'cache'>,
  { env, home, interrupts }: Pick<Invocation, 'env' | 'home' | 'interrupts'>,
): Promise<CollectedCatalogMirror> {
  const { from, name, filter, mountPoint, maxComponents, isBelowIndex } = request
  const signal = interrupts.soft.signal
  const source = sourceOf(from)
  const reader = sources.open(source)
  const found = await reader.resolve(pullBy({ ...NO_HOST, ...from.reference }), signal)
  if (found === undefined)
    throw new MissingImageError(`the catalog ${name}`, from.kind === 'disk' ? NOT_ON_DISK : reader.absence)
  const { manifest } = await loadManifest(reader, found.digest, cache, signal)
  const digest = chooseIndexChild({ manifest, digest: found.digest, name }, filter)
  const facts = openFactCache(args.cacheDir ?? cacheFolder(env, home))
  const { model } = await readCatalog({ reader, digest, name }, { cache, facts, openDatabase }, signal)
  const index = {
    repository: mountPath(mountPoint, from.reference.path, maxComponents),
    tag: legacyTag(name, { ...NO_HOST, ...from.reference }),
  }
  const mirrored = mirrorCatalog(model, {
    name,
    source: pinned(source, found.digest),
    index,
    mountPoint: isBelowIndex ? index.repository : mountPoint,
    maxComponents,
  })
  return { ...mirrored, index, digest: found.digest }
}

const NOT_ON_DISK: Absence = {
  said: 'does not exist',
  hint: 'name it as it was printed when it was put there: file://local/index/NAMESPACE/NAME:TAG',
}

/** References of a disk have no host. */
const NO_HOST = { host: 'localhost' }

function sourceOf(from: CatalogFrom): ImageSource {
  return from.kind === 'reference'
    ? { kind: 'registry', reference: from.reference }
    : { kind: 'layout', folder: from.disk.folder, tag: from.reference.tag }
}

/** As plans record it: the tag may name another catalog tomorrow. What lies on a disk has no names by digest. */
function pinned(source: ImageSource, digest: Digest): ImageSource {
  if (source.kind === 'layout') return source
  const { host, path } = source.reference
  return { kind: 'registry', reference: { host, path, digest } }
}

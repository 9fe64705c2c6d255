/**
 * A whole catalog -> wanted images where `oc adm catalog mirror` puts them: the catalog as it is, and the image and all
 * related images of every bundle it has, whatever channel they are in.
 *
 * Where the tags of several images meet, one keeps the tag and the others are tagged by digest; oc lets them overwrite each
 * other.
 */
import { messageOf, SyntaxFault } from '../../errors.ts'
import type { IncompleteBundle, MissingImage, Origin } from '../../graph/graph.ts'
import { parseReference, type Reference, type RepositoryPath, type Tag } from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'
import type { WantedImage } from '../wanted.ts'
import { legacyTag, mountPath } from './legacy-names.ts'
import type { CatalogModel, CatalogPackage } from './model.ts'
import { keepTagsApart } from './shared-tags.ts'

export interface CatalogMirrorChoice {
  /** As origins name the catalog. */
  readonly name: string
  /** The catalog itself, by digest where it is in a registry. */
  readonly source: ImageSource
  readonly index: { readonly repository: RepositoryPath; readonly tag: Tag }
  /** What the images of bundles are put below; empty for the host itself. */
  readonly mountPoint: string
  /** See `mountPath`. */
  readonly maxComponents: number
}

export interface MirroredCatalog {
  /** The catalog first. */
  readonly images: readonly WantedImage[]
  /** Every name that the catalog has for an image, with the place of that image. */
  readonly named: readonly NamedImage[]
  readonly incomplete: readonly IncompleteBundle[]
  readonly notes: readonly string[]
}

export interface NamedImage {
  readonly source: Reference
  readonly repository: RepositoryPath
  readonly tag: Tag
}

interface Found {
  readonly reference: Reference
  readonly origins: Origin[]
}

/** @throws SyntaxFault where a mount point and a path make no path */
export function mirrorCatalog({ packages }: CatalogModel, choice: CatalogMirrorChoice): MirroredCatalog {
  const { name, mountPoint, maxComponents } = choice
  const found = new Map<string, Found>()
  const incomplete = packages.flatMap(each => findImages(each, name, found))
  const images = Array.from(
    found,
    ([written, { reference, origins }]): WantedImage => ({
      source: { kind: 'registry', reference },
      repository: mountPath(mountPoint, reference.path, maxComponents),
      tag: legacyTag(written, reference),
      platforms: [],
      origins,
    }),
  )
  const catalog: WantedImage = {
    source: choice.source,
    ...choice.index,
    platforms: [],
    origins: [{ kind: 'catalog', catalog: name }],
  }
  const apart = keepTagsApart([catalog, ...images])
  return {
    images: apart.images,
    named: images.flatMap(({ source }, at) => {
      const placed = apart.images[at + 1]
      if (placed === undefined || source.kind !== 'registry') return []
      return [{ source: source.reference, repository: placed.repository, tag: placed.tag }]
    }),
    incomplete,
    notes: apart.notes,
  }
}

/** Adds to `found`, by what the catalog writes. @returns bundles with a reference that no registry could be asked for */
function findImages(
  { name, channels, bundles }: CatalogPackage,
  catalog: string,
  found: Map<string, Found>,
): readonly IncompleteBundle[] {
  return [...bundles.values()].flatMap(bundle => {
    const missing: MissingImage[] = []
    const inChannels = channels.filter(({ entries }) => entries.some(entry => entry.name === bundle.name))
    const origin: Origin = {
      kind: 'bundle',
      catalog,
      package: name,
      bundle: bundle.name,
      channels: inChannels.map(channel => channel.name),
    }
    const texts = [bundle.image, ...bundle.relatedImages.map(({ image }) => image)]
    for (const text of new Set(texts.filter(each => each !== ''))) {
      const known = found.get(text)
      if (known !== undefined) {
        known.origins.push(origin)
        continue
      }
      try {
        found.set(text, { reference: parseReference(text), origins: [origin] })
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error
        missing.push({ image: text, message: messageOf(error) })
      }
    }
    return missing.length === 0 ? [] : [{ catalog, package: name, bundle: bundle.name, missing }]
  })
}

/**
 * A catalog that another tool put where ours would go -> the one to publish: that very image, as long as it is ours in all
 * but its bytes. oc-mirror makes another digest every time (oc-mirror v2, rebuild), so a mirror that is taken over would
 * have each catalog moved once, and clusters would fetch it again, for nothing.
 *
 * It is ours in all but its bytes when it stands on the very layers that ours stands on, so that it was made of the same
 * catalog, and when its documents say the same. Else it is replaced, and the plan says why.
 */
import { MirrorformError, PlaceError } from '../../errors.ts'
import type { MadeImage } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import { type ImageManifest, parseManifest, type RawManifest } from '../../oci/manifest.ts'
import type { Tag } from '../../oci/reference.ts'
import type { ManifestCache, RepositoryReader } from '../../provider.ts'
import { MAKER } from '../image-build/index.ts'
import { imageConfig, isAttestation, loadManifest } from '../image-files/index.ts'
import { type CatalogContext, readCatalog } from './catalog/index.ts'
import type { CatalogModel } from './model.ts'
import { ADDED_LAYERS } from './rebuilt/index.ts'
import { isSameCatalog } from './same-catalog.ts'

/** What the state has at the target. */
export interface StandingCatalog {
  /** For messages: `reg.lan/ns/olm/demo-index:v1`. */
  readonly name: string
  readonly digest: Digest
  readonly tag: Tag
  readonly reader: RepositoryReader
}

export interface OurCatalog {
  /** The catalog it is made of, for messages. */
  readonly source: string
  readonly made: MadeImage
  /** What it serves. */
  readonly left: CatalogModel
}

/** @throws PlaceError when the target cannot be asked */
export async function catalogToPublish(
  standing: StandingCatalog,
  ours: OurCatalog,
  context: CatalogContext,
  signal: AbortSignal,
): Promise<{ readonly made: MadeImage; readonly notes: readonly string[] }> {
  const verdict = await judge(standing, ours, context, signal).catch(error => {
    signal.throwIfAborted()
    if (error instanceof PlaceError && error.status === 404) return 'not all of it is at the target'
    if (error instanceof PlaceError || !(error instanceof MirrorformError)) throw error
    return `it cannot be read as a catalog (${error.message})`
  })
  if (verdict === undefined) return { made: ours.made, notes: [] }
  if (typeof verdict !== 'string') return { made: verdict, notes: [] }
  const note = `${standing.name}: the catalog that another tool made is replaced by one made here, because ${verdict}`
  return { made: ours.made, notes: [note] }
}

/** The image itself, or why it cannot stay; undefined where there is nothing to say: it is gone, or ours. */
async function judge(
  { digest, tag, reader, name }: StandingCatalog,
  { source, made, left }: OurCatalog,
  context: CatalogContext,
  signal: AbortSignal,
): Promise<MadeImage | string | undefined> {
  if (digest === made.root) return undefined
  const found = await reader.resolve(tag, signal)
  if (found?.digest !== digest) return undefined
  const theirs = await loadImages(reader, digest, context.cache, signal)
  const [first] = theirs.images
  const own = imagesIn(made)
  if (first === undefined || (await isMadeHere(reader, first, own, signal))) return undefined
  if (!standsOn(theirs.images, own.map(baseLayers))) return `it was not made of ${source} as that is now`
  const { model } = await readCatalog({ reader, digest, name }, context, signal)
  if (!isSameCatalog(model, left)) return 'it does not serve just what is asked for now'
  const manifests = theirs.raws.map(({ mediaType, bytes }) => ({
    mediaType,
    text: Buffer.from(bytes).toString(),
  }))
  return { root: digest, manifests, blobs: new Map() }
}

interface LoadedImages {
  /** Children before the index that lists them. */
  readonly raws: readonly RawManifest[]
  readonly images: readonly ImageManifest[]
}

/** @throws PlaceError with status 404 where a child of an index was not mirrored */
async function loadImages(
  reader: RepositoryReader,
  digest: Digest,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<LoadedImages> {
  const { raw, manifest } = await loadManifest(reader, digest, cache, signal)
  const typed = { ...raw, mediaType: manifest.mediaType }
  if (manifest.kind === 'image') return { raws: [typed], images: [manifest] }
  const raws: RawManifest[] = []
  const images: ImageManifest[] = []
  for (const child of manifest.manifests) {
    const below = await loadImages(reader, child.digest, cache, signal)
    raws.push(...below.raws)
    if (!isAttestation(child)) images.push(...below.images)
  }
  return { raws: [...raws, typed], images }
}

/**
 * A catalog of ours that is to be made anew has a reason for it. The layer that hides what was there is nearly always the
 * same; what else we made says so in its history, where it has one.
 */
async function isMadeHere(
  reader: RepositoryReader,
  image: ImageManifest,
  own: readonly ImageManifest[],
  signal: AbortSignal,
): Promise<boolean> {
  const hiding = layersOf(image).at(-ADDED_LAYERS)
  if (own.some(each => layersOf(each).at(-ADDED_LAYERS) === hiding)) return true
  const { json } = await imageConfig(reader, image, signal)
  const history: readonly unknown[] = Array.isArray(json.history) ? json.history : []
  return history.some(entry => isRecord(entry) && entry.created_by === MAKER)
}

function imagesIn({ manifests }: MadeImage): readonly ImageManifest[] {
  return manifests.flatMap(({ mediaType, text }) => {
    const manifest = parseManifest({ mediaType, bytes: Buffer.from(text) }, 'a made catalog')
    return manifest.kind === 'image' ? [manifest] : []
  })
}

/** Those of the catalog that it was made of. */
function baseLayers(image: ImageManifest): readonly Digest[] {
  return layersOf(image).slice(0, -ADDED_LAYERS)
}

function standsOn(images: readonly ImageManifest[], bases: readonly (readonly Digest[])[]): boolean {
  const isOn = (base: readonly Digest[]) => (image: ImageManifest) => {
    const layers = layersOf(image)
    return layers.length > base.length && base.every((digest, at) => layers[at] === digest)
  }
  return images.length === bases.length && bases.every(base => images.some(isOn(base)))
}

function layersOf({ layers }: ImageManifest): readonly Digest[] {
  return layers.map(({ digest }) => digest)
}

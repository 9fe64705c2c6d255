/**
 * `import`: takes images that are at a target already into the state, whatever digest they have, by reading their
 * manifests from the target. From then on they are ours: a plan may keep, move or delete them.
 */
import pLimit from 'p-limit'
import { createAttachmentFinder } from '../graph/attachments.ts'
import { manifestsBelow } from '../graph/graph.ts'
import { createManifestLoader } from '../graph/manifest-loader.ts'
import { formatSource, type PlacedImage } from '../graph/naming.ts'
import type { ManifestCache, Target } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { compareText, destinationKey } from '../target.ts'

export interface Claimed {
  readonly state: State
  /** In order of destination. */
  readonly taken: readonly StateImage[]
  /** Wanted, but not at the target. */
  readonly absent: readonly PlacedImage[]
  /** Held by the state already; left as they are. */
  readonly known: readonly PlacedImage[]
}

const CONCURRENCY = 16

export async function claimImages(
  images: readonly PlacedImage[],
  state: State,
  target: Target,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<Claimed> {
  const limit = pLimit(CONCURRENCY)
  const loader = createManifestLoader(cache, state)
  const finder = createAttachmentFinder(async (reader, digest, abort) => {
    await loader.addBelow(reader, digest, new Set(), abort)
    return manifestsBelow(loader.nodes, digest, new Set())
  })
  const held = new Set(state.images.map(image => destinationKey(image.destination)))

  async function claim(image: PlacedImage): Promise<StateImage | undefined> {
    const place = target.repository(image.destination.repository)
    const found = await place.resolve(image.destination.tag, signal)
    if (found === undefined) return undefined
    const omitted = await absentChildren(place, found.digest)
    await loader.addBelow(place, found.digest, new Set(omitted), signal)
    const subjects = manifestsBelow(loader.nodes, found.digest, new Set(omitted))
    const attachments = await finder.find(place, subjects, signal)
    return {
      destination: image.destination,
      source: formatSource(image.source),
      digest: found.digest,
      platforms: image.platforms,
      omitted,
      attachments: attachments.map(({ digest, subject, tag }) => ({ digest, subject, ...(tag && { tag }) })),
      origins: image.origins,
      ...(image.releaseSignatures && { releaseSignatures: image.releaseSignatures }),
    }
  }

  /** A sparse index is at the target without some of its children. */
  async function absentChildren(place: ReturnType<Target['repository']>, digest: StateImage['digest']) {
    const { manifest } = await loader.load(place, digest, signal)
    if (manifest.kind !== 'index') return []
    const found = await Promise.all(manifest.manifests.map(child => place.resolve(child.digest, signal)))
    return manifest.manifests.filter((_, at) => found[at] === undefined).map(child => child.digest)
  }

  const fresh = images.filter(image => !held.has(destinationKey(image.destination)))
  const claims = await Promise.all(fresh.map(image => limit(() => claim(image))))
  const taken = claims.filter(image => image !== undefined)
  const merged = [...state.images, ...taken].sort((a, b) =>
    compareText(destinationKey(a.destination), destinationKey(b.destination)),
  )
  return {
    state: { ...state, ...loader.nodes, images: merged },
    taken,
    absent: fresh.filter((_, at) => claims[at] === undefined),
    known: images.filter(image => held.has(destinationKey(image.destination))),
  }
}

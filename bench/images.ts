/**
 * The images that benches copy: families that share the layers they are based on, as the images of a product do. Each
 * image has its own repository. Contents are random bytes, so that nobody gains by compressing, and the same in every
 * run.
 */
import pLimit from 'p-limit'
import type { Digest } from '../lib/oci/digest.ts'
import {
  allBlobsOf,
  type Built,
  buildImage,
  buildIndex,
  bytesFromSeed,
  manifestsOf,
} from '../testdata/images.ts'
import { pushToServer } from '../testdata/push.ts'

export interface Families {
  readonly families: number
  readonly imagesEach: number
  /** Of the two layers a family shares, together; families lie evenly between the two. Bytes. */
  readonly baseBytes: readonly [number, number]
  readonly ownLayers: number
  /** Of each layer an image has for itself. Bytes. */
  readonly ownBytes: readonly [number, number]
  /** Makes the last image of each family one for amd64 and arm64. */
  readonly multiArch: boolean
}

export interface PushedImage {
  /** One path component, so that `skopeo sync`, which drops the others, puts it where mirrorform does. */
  readonly repository: string
  readonly tag: string
  readonly digest: Digest
}

export interface PushedImages {
  readonly images: readonly PushedImage[]
  /** Different blobs, and what they weigh. */
  readonly blobs: number
  readonly bytes: number
  /** Blobs counted once for each repository that has to hold them. */
  readonly placements: number
  readonly manifests: number
}

/** Images pushed at once. */
const PUSHERS = 4

/**
 * @param url of the registry
 * @param prefix of every repository, with a slash at its end; the images returned are named without it
 */
export async function pushFamilies(url: string, families: Families, prefix = ''): Promise<PushedImages> {
  const blobs = new Map<Digest, number>()
  let placements = 0
  let manifests = 0
  const limit = pLimit(PUSHERS)
  const pushing: Promise<PushedImage>[] = []
  for (let family = 0; family < families.families; family++) {
    const base = baseLayers(families, family)
    for (let member = 0; member < families.imagesEach; member++) {
      const repository = `family-${padded(family)}-image-${padded(member)}`
      const push = async (): Promise<PushedImage> => {
        const image = memberImage(families, base, family, member)
        const digest = await pushToServer(url, `${prefix}${repository}`, 'v1', image)
        const own = allBlobsOf(image)
        for (const [blob, bytes] of own) blobs.set(blob, bytes.length)
        placements += own.size
        manifests += manifestsOf(image).length
        return { repository, tag: 'v1', digest }
      }
      pushing.push(limit(push))
    }
  }
  const images = await Promise.all(pushing)
  const bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0)
  return { images, blobs: blobs.size, bytes, placements, manifests }
}

function baseLayers({ families, baseBytes }: Families, family: number): readonly Buffer[] {
  const size = between(baseBytes, families === 1 ? 0 : family / (families - 1))
  const first = Math.round(size * 0.7)
  return [
    bytesFromSeed(`family ${family} system`, first),
    bytesFromSeed(`family ${family} runtime`, size - first),
  ]
}

function memberImage(families: Families, base: readonly Buffer[], family: number, member: number): Built {
  const { imagesEach, multiArch } = families
  const amd64 = buildImage({ layers: [...base, ...ownLayers(families, `${family} ${member} amd64`)] })
  if (!multiArch || member < imagesEach - 1) return amd64
  const platform = { os: 'linux', architecture: 'arm64' }
  return buildIndex([
    amd64,
    buildImage({ layers: ownLayers(families, `${family} ${member} arm64`), platform }),
  ])
}

function ownLayers({ ownLayers: count, ownBytes }: Families, seed: string): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const share = (bytesFromSeed(`size of ${seed} ${at}`, 1)[0] ?? 0) / 255
    return bytesFromSeed(`${seed} ${at}`, between(ownBytes, share))
  })
}

function between([least, most]: readonly [number, number], share: number): number {
  return Math.round(least + (most - least) * share)
}

function padded(count: number): string {
  return String(count).padStart(2, '0')
}

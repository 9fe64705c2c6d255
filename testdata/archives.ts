/**
 * Archives for tests: built images pushed into volumes one after the other, as an apply would, and what a plan knows of
 * them; and a disk that fills up.
 */
import type { ImageContent, ManifestNode, ManifestStore } from '../lib/graph/graph.ts'
import type { Digest } from '../lib/oci/digest.ts'
import type { State } from '../lib/state.ts'
import { parseTarget, type TargetAddress } from '../lib/target.ts'
import { nodeDisk } from '../providers/archive/disk.ts'
import {
  type ArchiveContents,
  type ArchiveDisk,
  type ArchiveDocument,
  type ArchiveOptions,
  type ArchiveTarget,
  openArchiveTarget,
} from '../providers/archive/index.ts'
import { type Built, manifestsOf } from './images.ts'
import { pushImage } from './push.ts'
import { destinationAt } from './sample-graph.ts'

/** The far side of every archive that says nothing else. */
export const FAR_SIDE: TargetAddress = parseTarget('docker://mirror.enc1.example')
const LINEAGE = '00000000-0000-4000-8000-000000000001'

/** Images by `repository:tag`. */
export type ArchiveImages = Readonly<Record<string, Built>>

export interface ArchiveChoices extends Partial<ArchiveOptions> {
  readonly documents?: readonly ArchiveDocument[]
}

/** An archive with these images, written serially. */
export async function writeArchive(
  folder: string,
  images: ArchiveImages,
  choices: ArchiveChoices = {},
): Promise<ArchiveContents> {
  const target = await beginArchive(folder, choices)
  for (const [place, image] of Object.entries(images)) {
    const { repository, tag } = destinationAt(place)
    await pushImage(target, repository, tag, image)
  }
  return finishWith(target, images, choices)
}

export function beginArchive(folder: string, choices: Partial<ArchiveOptions> = {}): Promise<ArchiveTarget> {
  return openArchiveTarget(folder, { target: FAR_SIDE, lineage: LINEAGE, plan: undefined, ...choices })
}

export function finishWith(
  target: ArchiveTarget,
  images: ArchiveImages,
  { documents = [] }: ArchiveChoices = {},
): Promise<ArchiveContents> {
  const shipment = { images: contentsOf(images), content: storeOf(images), documents }
  return target.finish(shipment, new AbortController().signal)
}

/** The images as a plan has them, from source.example under the same names. */
export function contentsOf(images: ArchiveImages): readonly ImageContent[] {
  return Object.entries(images).map(([place, image]) => ({
    destination: destinationAt(place),
    source: `source.example/${place}`,
    digest: image.manifest.digest,
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [{ kind: 'additionalImage', name: `source.example/${place}` }],
  }))
}

export function storeOf(images: ArchiveImages): ManifestStore {
  const all = Object.values(images).flatMap(manifestsOf)
  const nodes = all.map(({ manifest, blobs, children }): ManifestNode => {
    const { digest, mediaType, bytes } = manifest
    const manifests = children.map(child => child.manifest.digest)
    return { digest, mediaType, size: bytes.length, manifests, blobs: [...blobs.keys()] }
  })
  return {
    manifests: new Map(nodes.map(node => [node.digest, node])),
    blobs: new Map(
      all.flatMap(({ blobs }) => Array.from(blobs, ([digest, bytes]) => [digest, bytes.length])),
    ),
  }
}

/** What a far side holds that has exactly these images. */
export function farSideWith(images: ArchiveImages): State {
  return { ...storeOf(images), images: contentsOf(images), loose: [], lineage: LINEAGE, target: FAR_SIDE }
}

/** Every blob below some images, with its bytes. */
export function blobsIn(images: ArchiveImages): ReadonlyMap<Digest, Uint8Array> {
  return new Map(
    Object.values(images).flatMap(image => manifestsOf(image).flatMap(({ blobs }) => [...blobs])),
  )
}

/** A disk that is gone after so many writes, the last of which got only half of its bytes there: what a crash leaves. */
export function crashingDisk(writes: number): ArchiveDisk {
  let left = writes
  const gone = (): Error => Object.assign(new Error('EIO: the machine is gone'), { code: 'EIO' })
  return {
    async open(file) {
      if (left < 0) throw gone()
      const inner = await nodeDisk.open(file)
      const whileThere = async (work: () => Promise<void>): Promise<void> => {
        if (left < 0) throw gone()
        await work()
      }
      return {
        close: () => inner.close(),
        sync: () => whileThere(() => inner.sync()),
        truncate: size => whileThere(() => inner.truncate(size)),
        write: (pieces, position) =>
          whileThere(async () => {
            left -= 1
            const bytes = Buffer.concat(pieces)
            await inner.write([left < 0 ? bytes.subarray(0, bytes.length / 2) : bytes], position)
            if (left < 0) throw gone()
          }),
      }
    },
  }
}

/** A disk that takes so many bytes and then is full, until more is allowed. */
export function smallDisk(bytes: number): ArchiveDisk & { allow(more: number): void } {
  let left = bytes
  return {
    allow(more) {
      left += more
    },
    async open(file) {
      const inner = await nodeDisk.open(file)
      return {
        ...inner,
        async write(pieces, position) {
          const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
          if (size > left)
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
          left -= size
          await inner.write(pieces, position)
        },
      }
    },
  }
}

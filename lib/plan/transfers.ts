/**
 * Works out what each change sends: which blobs are copied, which are mounted from another repository of the target,
 * which are there already, and which manifests are pushed in which order. Pure.
 *
 * Each blob is copied once for a target. The first change that needs it leads; later ones, in other repositories,
 * mount it from there.
 */
import {
  type Attachment,
  blobsBelow,
  type ImageContent,
  type ManifestStore,
  manifestsBelow,
} from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { Holdings } from './holdings.ts'
import type { BlobMove, ManifestPush, Transfer } from './plan.ts'

export interface TransferCounts {
  readonly bytesToTransfer: number
  readonly blobsToTransfer: number
  readonly bytesMounted: number
  readonly bytesPresent: number
}

export interface TransferPlanner {
  transfer(image: ImageContent, options: TransferOptions): Transfer
  readonly counts: TransferCounts
}

export interface TransferOptions {
  /** false where the tag names the right manifest already and only attachments are missing. */
  readonly pushRoot: boolean
  /** Those to push; the others stay as they are at the target. */
  readonly attachments: readonly Attachment[]
}

/** The manifests an image's change has to push, less those its repository is known to hold. */
export function missingManifests(
  store: ManifestStore,
  image: ImageContent,
  attachments: readonly Attachment[],
  holdings: Holdings,
): readonly Digest[] {
  const omitted = new Set(image.omitted)
  const all = [image.digest, ...attachments.map(attachment => attachment.digest)].flatMap(root => [
    ...manifestsBelow(store, root, omitted),
  ])
  return [...new Set(all)].filter(digest => !holdings.hasManifest(image.destination.repository, digest))
}

/** @param holdings what the target holds; grows with every transfer that is planned. */
export function createTransferPlanner(
  store: ManifestStore,
  holdings: Holdings,
  canMount: boolean,
): TransferPlanner {
  const counts = { bytesToTransfer: 0, blobsToTransfer: 0, bytesMounted: 0, bytesPresent: 0 }
  /** Tags of attachments this plan pushes already: two tags of one image share its signature. */
  const tagged = new Set<string>()

  function moveBlob(repository: RepositoryPath, digest: Digest): BlobMove | undefined {
    const size = store.blobs.get(digest) ?? 0
    if (holdings.hasBlob(repository, digest)) {
      counts.bytesPresent += size
      return undefined
    }
    const from = canMount ? holdings.findBlob(digest) : undefined
    holdings.addBlob(repository, digest)
    if (from !== undefined) {
      counts.bytesMounted += size
      return { how: 'mount', digest, from }
    }
    counts.bytesToTransfer += size
    counts.blobsToTransfer += 1
    return { how: 'copy', digest }
  }

  /** The tag an attachment is pushed by, the first time somebody asks. */
  function nameFor(repository: RepositoryPath, attachment: Attachment): Tag | undefined {
    const { tag, digest } = attachment
    if (tag === undefined || tagged.has(`${repository}:${tag}@${digest}`)) return undefined
    tagged.add(`${repository}:${tag}@${digest}`)
    return tag
  }

  function transfer(image: ImageContent, { pushRoot, attachments }: TransferOptions): Transfer {
    const { repository, tag } = image.destination
    const missing = missingManifests(store, image, attachments, holdings)
    const needed = pushRoot ? missing : missing.filter(digest => digest !== image.digest)
    const blobs = [...blobsBelow(store, needed)].flatMap(digest => moveBlob(repository, digest) ?? [])
    const pushes: ManifestPush[] = []
    for (const digest of needed) {
      holdings.addManifest(repository, digest)
      const attachment = attachments.find(each => each.digest === digest && each.tag !== undefined)
      const name = digest === image.digest ? tag : attachment && nameFor(repository, attachment)
      pushes.push({ digest, ...(name !== undefined && { tag: name }) })
    }
    if (pushRoot && !needed.includes(image.digest)) pushes.push({ digest: image.digest, tag })
    for (const attachment of attachments) {
      const name = nameFor(repository, attachment)
      if (name !== undefined) pushes.push({ digest: attachment.digest, tag: name })
    }
    return { blobs, manifests: pushes }
  }

  return { transfer, counts }
}

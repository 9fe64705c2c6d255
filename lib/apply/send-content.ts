/**
 * Brings the content of one image to its repository: blobs first, then manifests bottom-up, then the tag, then what is
 * attached to it, waiting for pieces that the change of another image brings.
 *
 * Where the tag names the image already (an earlier apply was cut off, or only attachments are new), nothing is sent
 * before the target was asked for it.
 */
import { PlaceError, PlanError } from '../errors.ts'
import { blobsBelow, closureOf } from '../graph/graph.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import type { Tag } from '../oci/reference.ts'
import { roughly } from '../plan/leaders.ts'
import type { BlobMove, Change, ManifestPush } from '../plan/plan.ts'
import type { TargetRepository } from '../provider.ts'
import type { StateImage } from '../state.ts'
import { formatRepository } from '../target.ts'
import type { BlobSender } from './blob-sender.ts'
import { type ApplyContext, manifestBytes, nodeOf, openSource, throwIfStopping } from './context.ts'
import type { Deliveries } from './deliveries.ts'

export type TransferChange = Extract<Change, { action: 'add' | 'move' | 'repair' }>

/** What all sends of an apply share. */
export interface SendingRoom {
  readonly context: ApplyContext
  readonly blobs: BlobSender
  readonly deliveries: Deliveries
}

export interface Destined {
  readonly place: TargetRepository
  readonly held: StateImage | undefined
  /** The destination's tag names the image's root already. */
  readonly isThere: boolean
}

/** Registry codes that mean "you push a manifest of something I do not have". */
const CONTENT_MISSING: ReadonlySet<string> = new Set([
  'MANIFEST_BLOB_UNKNOWN',
  'BLOB_UNKNOWN',
  'MANIFEST_UNKNOWN',
])

/** Whether anything had to be sent. @throws PlaceError, PlanError, DigestMismatchError, InterruptedError */
export async function sendContent(
  change: TransferChange,
  { place, held, isThere }: Destined,
  { context, blobs, deliveries }: SendingRoom,
): Promise<boolean> {
  const { image, transfer } = change
  const { repository } = image.destination
  const { signal } = context
  const source = openSource(context, image.source)
  const closure = closureOf(context.content, image)
  const brought = new Set(transfer.manifests.map(({ digest }) => digest))
  let sent = false

  async function sendBlob(move: BlobMove): Promise<void> {
    if (move.how === 'mount') await deliveries.arrival(change, move.from, move.digest)
    const news = isThere
      ? await blobs.ensure(repository, move.digest, source)
      : await blobs.send(repository, move, source)
    sent ||= news
    deliveries.arrived(repository, move.digest)
  }

  async function ensureBlob(digest: Digest): Promise<void> {
    const news = await blobs.ensure(repository, digest, source)
    sent ||= news
  }

  /** What another image's change brings; should that have failed, this one takes over. */
  async function awaitBlob(digest: Digest): Promise<void> {
    if (!(await deliveries.arrival(change, repository, digest))) await ensureBlob(digest)
  }

  async function awaitManifest(digest: Digest): Promise<void> {
    if (await deliveries.arrival(change, repository, digest)) return
    const tag = image.attachments.find(attachment => attachment.digest === digest)?.tag
    await push({ digest, ...(tag !== undefined && { tag }) })
  }

  async function bring(wanted: ManifestPush): Promise<void> {
    if (!(await isDone(wanted))) await push(wanted)
    deliveries.arrived(repository, wanted.digest)
  }

  async function isDone({ digest, tag }: ManifestPush): Promise<boolean> {
    if (tag === image.destination.tag) return isThere
    if (tag !== undefined) return isAttached(tag, digest)
    return isThere && (await place.resolve(digest, signal)) !== undefined
  }

  /** The tag of a signature may have got another content since the plan was made: that is never overwritten. */
  async function isAttached(tag: Tag, digest: Digest): Promise<boolean> {
    const found = (await place.resolve(tag, signal))?.digest
    const before = held?.attachments.find(attachment => attachment.tag === tag)?.digest
    if (found === undefined || found === digest || found === before) return found === digest
    throw new PlanError(
      `${formatRepository(context.target.address, repository)}:${tag} changed since the plan was made: it is ${shortDigest(found)}`,
      { hint: 'plan again: what others attached to an image is left as it is' },
    )
  }

  async function push({ digest, tag }: ManifestPush): Promise<void> {
    throwIfStopping(context)
    const raw = await manifestBytes(context, source, digest)
    try {
      await place.pushManifest(raw, tag ?? digest, signal)
    } catch (error) {
      if (!(error instanceof PlaceError && CONTENT_MISSING.has(error.code ?? ''))) throw error
      await sendBelow(digest)
      await place.pushManifest(raw, tag ?? digest, signal)
    }
    sent = true
  }

  /** The target lost what it was known to hold: everything below one manifest is asked for and sent where missing. */
  async function sendBelow(digest: Digest): Promise<void> {
    const node = nodeOf(context.content, digest)
    await allOrFirstError(node.blobs.map(ensureBlob))
    for (const child of node.manifests) if (!image.omitted.includes(child)) await push({ digest: child })
  }

  const planned = new Set(transfer.blobs.map(({ digest }) => digest))
  const others = [...blobsBelow(context.content, closure)].filter(digest => !planned.has(digest))
  const size = ({ digest }: BlobMove) => context.content.blobs.get(digest) ?? 0
  const largestFirst = transfer.blobs.toSorted((a, b) => roughly(size(b)) - roughly(size(a)))
  await allOrFirstError([...largestFirst.map(sendBlob), ...others.map(awaitBlob)])
  for (const digest of closure) if (!brought.has(digest)) await awaitManifest(digest)
  for (const wanted of transfer.manifests) await bring(wanted)
  return sent
}

/** Waits for all, so that nothing goes on behind a failed item's back, then throws the first error. */
async function allOrFirstError(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/**
 * Carries out one add, move, repair or adopt: checks that the destination is as the plan expects, sends blobs, then
 * manifests bottom-up, then the tag, then what is attached to it.
 */
import { PlaceError, PlanError } from '../errors.ts'
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import type { Change, Expectation, ManifestPush, Transfer } from '../plan/plan.ts'
import type { RepositoryReader, TargetRepository } from '../provider.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import type { BlobBoard } from './blob-board.ts'
import { type ApplyContext, manifestBytes, nodeOf, openSource, throwIfStopping } from './context.ts'

export type SendingChange = Extract<Change, { action: 'add' | 'move' | 'repair' | 'adopt' }>

/** Registry codes that mean "you push a manifest of something I do not have". */
const CONTENT_MISSING: ReadonlySet<string> = new Set([
  'MANIFEST_BLOB_UNKNOWN',
  'BLOB_UNKNOWN',
  'MANIFEST_UNKNOWN',
])

/** 'already' when the destination held the image before anything was sent. @throws PlanError when it changed. */
export async function sendImage(
  change: SendingChange,
  context: ApplyContext,
  board: BlobBoard,
): Promise<'done' | 'already'> {
  const { image } = change
  const place = context.target.repository(image.destination.repository)
  const found = (await place.resolve(image.destination.tag, context.signal))?.digest ?? 'absent'
  checkExpectation(change, found, context.target.address)
  const hadIt = found === image.digest
  if (change.action !== 'adopt') {
    const source = openSource(context, image.source)
    await sendBlobs(change.transfer, hadIt && change.expect !== found, {
      place,
      image,
      source,
      context,
      board,
    })
    await pushManifests(change.transfer.manifests, hadIt, { place, image, source, context, board })
  }
  await context.record({ did: 'image', image, content: contentOf(context.content, image) })
  return hadIt && change.action !== 'adopt' && change.expect !== found ? 'already' : 'done'
}

interface Sending {
  readonly place: TargetRepository
  readonly image: ImageContent
  readonly source: RepositoryReader
  readonly context: ApplyContext
  readonly board: BlobBoard
}

/** The tag may name what the plan expects, or already what it wants; anything else is somebody's change since. */
function checkExpectation(change: SendingChange, found: Digest | 'absent', target: TargetAddress): void {
  const { image, expect } = change
  if (found === image.digest || found === expect) return
  const known = change.action === 'move' ? change.from : undefined
  if (expect === 'unknown' && (found === 'absent' || found === known)) return
  const where = formatDestination(target, image.destination)
  throw new PlanError(
    `${where} changed since the plan was made: it ${describe(found)}, the plan expects that it ${describe(expect)}`,
    { hint: 'plan again and review what changed' },
  )
}

function describe(found: Expectation): string {
  if (found === 'absent') return 'does not exist'
  return found === 'unknown' ? 'is free' : `is ${shortDigest(found)}`
}

/** Where the image stood there already (an earlier apply was cut off), what the plan wanted to copy may be there too. */
async function sendBlobs(transfer: Transfer, mayBeThere: boolean, sending: Sending): Promise<void> {
  const { image, source, board } = sending
  const { repository } = image.destination
  await allOrFirstError(
    transfer.blobs.map(move =>
      mayBeThere
        ? board.ensureAgain(repository, move.digest, source)
        : board.ensure(repository, move, source),
    ),
  )
}

async function pushManifests(
  pushes: readonly ManifestPush[],
  hadIt: boolean,
  sending: Sending,
): Promise<void> {
  const { image, context } = sending
  for (const push of pushes) {
    throwIfStopping(context)
    if (hadIt && push.tag === image.destination.tag) continue
    await pushManifest(push, sending)
  }
}

async function pushManifest({ digest, tag }: ManifestPush, sending: Sending): Promise<void> {
  const { place, source, context } = sending
  const raw = await manifestBytes(context, source, digest)
  try {
    await place.pushManifest(raw, tag ?? digest, context.signal)
  } catch (error) {
    if (!(error instanceof PlaceError && CONTENT_MISSING.has(error.code ?? ''))) throw error
    await sendBelow(digest, sending)
    await place.pushManifest(raw, tag ?? digest, context.signal)
  }
}

/** The target lost what it was known to hold: everything below one manifest is asked for and sent where missing. */
async function sendBelow(digest: Digest, sending: Sending): Promise<void> {
  const { image, source, context, board } = sending
  const node = nodeOf(context.content, digest)
  await allOrFirstError(node.blobs.map(blob => board.ensureAgain(image.destination.repository, blob, source)))
  for (const child of node.manifests)
    if (!image.omitted.includes(child)) await pushManifest({ digest: child }, sending)
}

/** Waits for all, so that nothing goes on behind a failed item's back, then throws the first error. */
async function allOrFirstError(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** The part of the plan's content that belongs to one image, for the journal. */
function contentOf(content: ManifestStore, image: ImageContent): ManifestStore {
  const digests = closureOf(content, image)
  const manifests = new Map(digests.map(digest => [digest, nodeOf(content, digest)]))
  const blobs = new Map(
    [...blobsBelow(content, digests)].map(digest => [digest, content.blobs.get(digest) ?? 0]),
  )
  return { manifests, blobs }
}

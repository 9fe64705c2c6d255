/**
 * Carries out one add, move, repair or adopt: checks that the destination is as the plan expects, has its content sent,
 * and writes the finished image to the journal.
 */
import { PlanError } from '../errors.ts'
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import { newAttachments, sameDescription } from '../plan/classify.ts'
import type { Change, Expectation } from '../plan/plan.ts'
import type { StateImage } from '../state.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import { nodeOf } from './context.ts'
import { type SendingRoom, sendContent } from './send-content.ts'

export type SendingChange = Extract<Change, { action: 'add' | 'move' | 'repair' | 'adopt' }>

/**
 * @param held what the state has at the destination
 * @returns 'already' when the target held everything before, although the plan expected otherwise or the state knew.
 * @throws PlanError when the destination changed since the plan was made
 */
export async function sendImage(
  change: SendingChange,
  held: StateImage | undefined,
  room: SendingRoom,
): Promise<'done' | 'already'> {
  const { context } = room
  const { image, expect } = change
  const place = context.target.repository(image.destination.repository)
  const found = await findTag(change, room)
  checkExpectation(change, found, context.target.address)
  const isThere = found === image.digest
  const sent = change.action !== 'adopt' && (await sendContent(change, { place, held, isThere }, room))
  const isKnown = held !== undefined && sameImage(held, image)
  if (sent || !isKnown)
    await context.record({ did: 'image', image, content: contentOf(context.content, image) })
  return !sent && (isKnown || expect !== found) ? 'already' : 'done'
}

/** What the tag names now; not asked again when the plan of this same command has asked only just now. */
async function findTag(
  { image, expect }: SendingChange,
  { context }: SendingRoom,
): Promise<Digest | 'absent'> {
  if (expect !== 'unknown' && context.justAsked()) return expect
  const { repository, tag } = image.destination
  const found = await context.target.repository(repository).resolve(tag, context.signal)
  return found?.digest ?? 'absent'
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

function sameImage(a: ImageContent, b: ImageContent): boolean {
  return (
    a.digest === b.digest &&
    sameDescription(a, b) &&
    newAttachments(a.attachments, b.attachments).length === 0 &&
    newAttachments(b.attachments, a.attachments).length === 0
  )
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

/**
 * One change of a plan <-> one line of its file.
 *
 * The first members are those a reviewer or a script looks for (action, destination, source, both digests, origins,
 * size); after them comes what apply needs. `size` and `previousDigest` follow from the rest and are not read back.
 */
import { type Json, unlessEmpty } from '../files/canonical-json.ts'
import { decodeImage, encodeImage } from '../files/content-json.ts'
import { type JsonPart, readTag } from '../files/json-part.ts'
import { contentSize } from '../files/reachable.ts'
import type { ManifestStore } from '../graph/graph.ts'
import type { TargetAddress } from '../target.ts'
import type {
  Action,
  BlobMove,
  Change,
  Expectation,
  ManifestPush,
  Removal,
  RemovalStep,
  Transfer,
} from './plan.ts'

const ACTIONS = [
  'add',
  'adopt',
  'move',
  'repair',
  'keep',
  'delete',
  'forget',
] as const satisfies readonly Action[]

export function encodeChange(target: TargetAddress, store: ManifestStore, change: Change): Json {
  const image = encodeImage(target, change.image)
  const { destination, source, digest, sourceDigest, platforms, omitted, attachments, origins } = image
  return {
    action: change.action,
    destination,
    source,
    digest,
    previousDigest: previousDigest(change),
    sourceDigest,
    platforms,
    omitted,
    attachments,
    origins,
    releaseSignatures: image.releaseSignatures,
    arrivedIn: image.arrivedIn,
    size: contentSize(store, change.image),
    ...encodeWork(change),
  }
}

/** What stood at the destination so far, where the change takes it away. */
function previousDigest(change: Change): string | undefined {
  if (change.action === 'move') return change.from
  return change.action === 'delete' ? change.image.digest : undefined
}

function encodeWork(change: Change): { readonly [key: string]: Json | undefined } {
  switch (change.action) {
    case 'add':
    case 'move':
    case 'repair':
      return { reason: change.reason, expect: change.expect, transfer: encodeTransfer(change.transfer) }
    case 'adopt':
      return { reason: change.reason, expect: change.expect }
    case 'keep':
    case 'forget':
      return { reason: change.reason }
    case 'delete':
      return { expect: change.expect, removal: encodeRemoval(change.removal), reclaims: change.reclaims }
    default:
      return change satisfies never
  }
}

/** @throws SyntaxFault */
export function decodeChange(target: TargetAddress, part: JsonPart): Change {
  const action = part.field('action').word(ACTIONS)
  const image = decodeImage(target, part)
  const reason = part.field('reason')
  const optionalReason = reason.value === undefined ? {} : { reason: reason.text() }
  switch (action) {
    case 'add':
      return { action, image, ...decodeSending(part), ...optionalReason }
    case 'adopt':
      return { action, image, expect: decodeExpectation(part.field('expect')), ...optionalReason }
    case 'move':
      return {
        action,
        image,
        from: part.field('previousDigest').digest(),
        ...decodeSending(part),
        ...optionalReason,
      }
    case 'repair':
      return { action, image, ...decodeSending(part), reason: reason.text() }
    case 'keep':
    case 'forget':
      return { action, image, reason: reason.text() }
    case 'delete':
      return {
        action,
        image,
        expect: decodeExpectation(part.field('expect')),
        removal: decodeRemoval(part.field('removal')),
        reclaims: part.field('reclaims').count(),
      }
    default:
      return action satisfies never
  }
}

function decodeSending(part: JsonPart): { readonly expect: Expectation; readonly transfer: Transfer } {
  return {
    expect: decodeExpectation(part.field('expect')),
    transfer: decodeTransfer(part.field('transfer')),
  }
}

function decodeExpectation(part: JsonPart): Expectation {
  const { value } = part
  return value === 'absent' || value === 'unknown' ? value : part.digest()
}

/** A blob to copy and a manifest pushed by digest, the common cases, are written as their digest alone. */
function encodeTransfer(transfer: Transfer): Json {
  return {
    trial: transfer.trial,
    blobs: unlessEmpty(
      transfer.blobs.map(move =>
        move.how === 'copy' ? move.digest : { digest: move.digest, from: move.from },
      ),
    ),
    manifests: unlessEmpty(
      transfer.manifests.map(push =>
        push.tag === undefined ? push.digest : { digest: push.digest, tag: push.tag },
      ),
    ),
  }
}

function decodeTransfer(part: JsonPart): Transfer {
  const trial = part.field('trial')
  return {
    ...(trial.value !== undefined && { trial: trial.digest() }),
    blobs: part.field('blobs').listOrEmpty(decodeBlobMove),
    manifests: part.field('manifests').listOrEmpty(decodeManifestPush),
  }
}

function decodeBlobMove(part: JsonPart): BlobMove {
  if (typeof part.value === 'string') return { how: 'copy', digest: part.digest() }
  return { how: 'mount', digest: part.field('digest').digest(), from: part.field('from').repository() }
}

function decodeManifestPush(part: JsonPart): ManifestPush {
  if (typeof part.value === 'string') return { digest: part.digest() }
  return { digest: part.field('digest').digest(), tag: part.field('tag').tag() }
}

function encodeRemoval(removal: Removal): Json {
  return { steps: removal.steps.map(encodeStep), sparedTags: unlessEmpty(removal.sparedTags) }
}

function encodeStep(step: RemovalStep): Json {
  switch (step.do) {
    case 'delete-tag':
      return { do: step.do, tag: step.tag }
    case 'delete-manifest':
      return { do: step.do, digest: step.digest, releases: step.releases }
    case 'displace-tag':
      return { do: step.do, tag: step.tag, with: step.with }
    default:
      return step satisfies never
  }
}

function decodeRemoval(part: JsonPart): Removal {
  return {
    steps: part.field('steps').list(decodeStep),
    sparedTags: part.field('sparedTags').listOrEmpty(readTag),
  }
}

function decodeStep(part: JsonPart): RemovalStep {
  const step = part.field('do').word(['delete-tag', 'delete-manifest', 'displace-tag'])
  switch (step) {
    case 'delete-tag':
      return { do: step, tag: part.field('tag').tag() }
    case 'delete-manifest':
      return {
        do: step,
        digest: part.field('digest').digest(),
        releases: part.field('releases').list(readTag),
      }
    case 'displace-tag':
      return { do: step, tag: part.field('tag').tag(), with: part.field('with').digest() }
    default:
      return step satisfies never
  }
}

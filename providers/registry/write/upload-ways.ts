/**
 * The ways to send the bytes of an upload, and which of them a registry takes: one streaming PUT; one streaming PATCH;
 * PATCHes of limited size, each saying which bytes it holds. A way that is refused gives place to the next; what worked
 * is remembered for the host, and so is the size that a proxy refused (413) or a registry found too large (416).
 */
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { pushTo } from '../auth/scope.ts'
import { type HostFacts, UPLOAD_WAYS, type UploadWay } from '../http/host-facts.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { hasBlob } from '../read/blobs.ts'
import type { RepositoryAt } from '../repository-at.ts'
import type { BlobSource } from './blob-source.ts'
import {
  askProgress,
  closeUpload,
  patchBytes,
  putWhole,
  type Sent,
  startUpload,
  type UploadPlace,
} from './upload-session.ts'

/** One blob on its way into a repository. */
export interface Outgoing {
  readonly at: RepositoryAt
  readonly descriptor: Descriptor
  readonly source: BlobSource
  readonly operation: Operation
  /** The upload to go on with; undefined where a new one has to be started. */
  place: UploadPlace | undefined
}

type Refused = Extract<Sent, { kind: 'refused' }>
type Outcome = Refused | { readonly kind: 'stored' }

const MiB = 1024 * 1024
/** Size of the first chunk, bytes: few requests, and below the limit of most proxies. */
const FIRST_CHUNK = 16 * MiB
/** No registry makes us send larger chunks than this: they may have to be sent again. */
export const MOST_CHUNK = 64 * MiB
/** Below this, smaller chunks are not tried: nginx's own limit is 1 MiB. */
export const LEAST_CHUNK = 512 * 1024
/** How often a registry may keep less than it was sent, or be asked how far it came, in one upload. */
const MOST_REWINDS = 8

/** Sends what is missing of the blob and closes the upload. @throws RegistryError, and what the source throws */
export async function sendBlob(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  const { at, descriptor, operation } = outgoing
  const { facts } = at.session
  let way = facts.uploadBy
  let hasClimbed = false
  let isUploadLost = false
  for (;;) {
    if (outgoing.place === undefined) outgoing.source.ahead(signal)
    const place = outgoing.place ?? (await startUpload(at, operation, signal))
    outgoing.place = place
    const chosen = wayFor(way, place, descriptor.size, facts)
    const outcome =
      chosen === 'put'
        ? await sendWhole(outgoing, place, signal)
        : await sendParts(outgoing, place, chosen, signal)
    if (outcome.kind === 'stored') {
      if (hasClimbed) facts.uploadBy = way
      return
    }
    outgoing.place = undefined
    const { fault } = outcome
    if (place.offset > 0) continue
    if (fault.code === 'BLOB_UPLOAD_UNKNOWN' && !isUploadLost) isUploadLost = true
    else if (fault.status === 413 && chosen !== 'chunks' && descriptor.size > LEAST_CHUNK)
      limitBody(facts, descriptor.size)
    else {
      const next = fault.status === 413 ? undefined : UPLOAD_WAYS[UPLOAD_WAYS.indexOf(chosen) + 1]
      if (next === undefined) throw new RegistryError(fault, operation)
      way = next
      hasClimbed = true
    }
  }
}

function wayFor(learnt: UploadWay, place: UploadPlace, size: number, { maxBody }: HostFacts): UploadWay {
  if (size - place.offset > (maxBody ?? Number.POSITIVE_INFINITY)) return 'chunks'
  return place.offset > 0 && learnt === 'put' ? 'patch' : learnt
}

function limitBody(facts: HostFacts, refused: number): void {
  const half = Math.max(LEAST_CHUNK, Math.min(FIRST_CHUNK, Math.floor(refused / 2)))
  facts.maxBody = Math.min(facts.maxBody ?? half, half)
}

async function sendWhole(
  { at, descriptor: { digest, size }, source, operation }: Outgoing,
  { location }: UploadPlace,
  signal: AbortSignal,
): Promise<Outcome> {
  const payload = await source.part(0, size, signal)
  const sent = await putWhole(at, location, digest, payload, operation, signal)
  if (sent.kind === 'received') throw new TypeError('a PUT closes its upload')
  return sent
}

/** In one PATCH or in chunks; then an empty PUT closes the upload. */
async function sendParts(
  outgoing: Outgoing,
  first: UploadPlace,
  way: 'patch' | 'chunks',
  signal: AbortSignal,
): Promise<Outcome> {
  const { at, descriptor, source, operation } = outgoing
  const { digest, size } = descriptor
  let place = first
  for (let rewinds = 0; place.offset < size; ) {
    const end = way === 'patch' ? size : Math.min(size, place.offset + chunkFor(at.session.facts, place))
    const payload = await source.part(place.offset, end, signal)
    const isAllAtOnce = way === 'patch' && place.offset === 0
    const start = isAllAtOnce ? undefined : place.offset
    const sent = await patchBytes(at, place.location, digest, payload, start, operation, signal)
    if (sent.kind === 'stored') return finalIfThere(outgoing, signal)
    if (sent.kind === 'refused') {
      const known = rewinds++ < MOST_REWINDS ? await whereNow(outgoing, place, sent, signal) : undefined
      if (known !== undefined) place = known
      else if (way === 'patch' || !makeSmaller(at.session.facts, place, payload.size, sent)) return sent
    } else {
      const offset = receivedIn(sent.received, place.offset, end)
      if (offset < end && rewinds++ >= MOST_REWINDS) throw keepsLosing(outgoing, offset)
      place = { ...place, location: sent.location, offset }
    }
    outgoing.place = place
  }
  const closed = await closeUpload(at, place.location, digest, operation, signal)
  if (closed.kind !== 'refused') return { kind: 'stored' }
  return (await isThere(outgoing, signal)) ? { kind: 'stored' } : closed
}

/** As the profile or an earlier refusal says, but not smaller than the registry takes chunks. */
export function chunkFor({ chunkSize, maxBody }: HostFacts, { leastChunk }: UploadPlace): number {
  const size = Math.min(chunkSize ?? FIRST_CHUNK, maxBody ?? MOST_CHUNK)
  return Math.min(Math.max(size, leastChunk, LEAST_CHUNK), MOST_CHUNK)
}

/** Whether smaller chunks than the one that was refused as too large can be sent; they are from now on. */
function makeSmaller(facts: HostFacts, { leastChunk }: UploadPlace, size: number, sent: Refused): boolean {
  const { status } = sent.fault
  const isTooLarge = status === 413 || status === 416
  const smaller = Math.max(LEAST_CHUNK, leastChunk, Math.floor(size / 2))
  if (!isTooLarge || smaller >= size) return false
  facts.chunkSize = Math.min(facts.chunkSize ?? smaller, smaller)
  if (status === 413) facts.maxBody = Math.min(facts.maxBody ?? size, facts.chunkSize)
  return true
}

/** After a 416: where the registry is, when that is not where the bytes began. */
async function whereNow(
  { at, operation, descriptor }: Outgoing,
  place: UploadPlace,
  { fault, received }: Refused,
  signal: AbortSignal,
): Promise<UploadPlace | undefined> {
  if (fault.status !== 416 || (received === undefined && place.offset === 0)) return undefined
  const known =
    received === undefined ? await askProgress(at, place, operation, signal) : { ...place, offset: received }
  return known === undefined || known.offset === place.offset || known.offset > descriptor.size
    ? undefined
    : known
}

/** What the registry says it has is believed when it can be so; one that says nothing took everything. */
function receivedIn(stated: number | undefined, from: number, end: number): number {
  if (stated === undefined || stated > end || (stated === 0 && from === 0)) return end
  return stated
}

function keepsLosing({ at, descriptor, operation }: Outgoing, offset: number): RegistryError {
  return new RegistryError(
    {
      detail: `${at.session.host} keeps ${offset} of ${descriptor.size} bytes, however often the rest is sent`,
      hint: 'its storage may be full or broken: look at its logs',
    },
    operation,
  )
}

/** Some registries (ECR) close the upload with the last PATCH and know nothing of it when a PUT follows. */
async function finalIfThere(outgoing: Outgoing, signal: AbortSignal): Promise<Outcome> {
  if (await isThere(outgoing, signal)) return { kind: 'stored' }
  const detail = `${outgoing.at.session.host} says that the blob is complete, and does not have it`
  throw new RegistryError({ detail, retryable: true }, outgoing.operation)
}

/** Whether the registry has the blob: the end of an upload whose answer got lost, or was not expected. */
export function isThere({ at, descriptor }: Outgoing, signal: AbortSignal): Promise<boolean> {
  return hasBlob(at, descriptor, pushTo(at.path), signal)
}

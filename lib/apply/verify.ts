/**
 * Proves that a target holds what the state says, by asking the target alone: every tag, every manifest and every blob
 * with a HEAD; `deep` reads and hashes every byte. Nothing is changed.
 */
import pLimit from 'p-limit'
import { DigestMismatchError, messageOf } from '../errors.ts'
import { blobsBelow, closureOf } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { Target, TargetRepository } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { compareText, formatDestination } from '../target.ts'

export interface Finding {
  readonly destination: string
  readonly what: 'tag' | 'manifest' | 'blob'
  readonly digest: Digest
  readonly problem: 'missing' | 'changed' | 'damaged' | 'unreadable'
  readonly message: string
}

export interface VerifyResult {
  readonly images: number
  readonly manifests: number
  readonly blobs: number
  /** Read and hashed; 0 unless deep. */
  readonly bytes: number
  readonly findings: readonly Finding[]
}

export interface VerifyOptions {
  readonly target: Target
  readonly deep: boolean
  readonly parallel: number
  readonly onBytes: (count: number) => void
  readonly signal: AbortSignal
}

type Problem = Pick<Finding, 'problem' | 'message'>

export async function verifyState(state: State, options: VerifyOptions): Promise<VerifyResult> {
  const { target, deep, signal } = options
  const limit = pLimit(options.parallel)
  const checks = new Map<string, Promise<Problem | undefined>>()
  const findings: Finding[] = []
  let bytes = 0
  let manifests = 0
  let blobs = 0

  /** Runs a check once for each repository and digest, and reports it for every image it concerns. */
  function once(key: string, check: () => Promise<Problem | undefined>): Promise<Problem | undefined> {
    const begun = checks.get(key)
    if (begun !== undefined) return begun
    const started = limit(async () => {
      signal.throwIfAborted()
      return check().catch((error: unknown) => {
        signal.throwIfAborted()
        return problemOf(error)
      })
    })
    checks.set(key, started)
    return started
  }

  async function checkManifest(place: TargetRepository, digest: Digest): Promise<Problem | undefined> {
    manifests += 1
    if (deep) {
      const raw = await place.manifest(digest, signal)
      bytes += raw.bytes.length
      return undefined
    }
    return (await place.resolve(digest, signal)) === undefined ? missing : undefined
  }

  async function checkBlob(place: TargetRepository, digest: Digest): Promise<Problem | undefined> {
    blobs += 1
    const descriptor = { mediaType: 'application/octet-stream', digest, size: state.blobs.get(digest) ?? 0 }
    if (!deep) return (await place.hasBlob(descriptor, signal)) ? undefined : missing
    for await (const chunk of await place.blob(descriptor, signal)) {
      bytes += chunk.length
      options.onBytes(chunk.length)
    }
    return undefined
  }

  async function verifyImage(image: StateImage): Promise<void> {
    const { repository, tag } = image.destination
    const destination = formatDestination(target.address, image.destination)
    const place = target.repository(repository)
    const closure = closureOf(state, image)
    const tags = [
      { tag, digest: image.digest },
      ...image.attachments.flatMap(({ tag, digest }) => (tag === undefined ? [] : [{ tag, digest }])),
    ]
    const report = (what: Finding['what'], digest: Digest) => (problem: Problem | undefined) => {
      if (problem !== undefined) findings.push({ destination, what, digest, ...problem })
    }
    await Promise.all([
      ...tags.map(({ tag, digest }) =>
        once(`${repository}:${tag}`, async () =>
          tagProblem(digest, (await place.resolve(tag, signal))?.digest),
        ).then(report('tag', digest)),
      ),
      ...closure.map(digest =>
        once(`${repository}@${digest}`, () => checkManifest(place, digest)).then(report('manifest', digest)),
      ),
      ...[...blobsBelow(state, closure)].map(digest =>
        once(`${repository}@${digest}`, () => checkBlob(place, digest)).then(report('blob', digest)),
      ),
    ])
  }

  await Promise.all(state.images.map(verifyImage))
  const order = new Map(
    state.images.map((image, at) => [formatDestination(target.address, image.destination), at]),
  )
  findings.sort(
    (a, b) =>
      (order.get(a.destination) ?? 0) - (order.get(b.destination) ?? 0) ||
      compareText(`${a.what} ${a.digest}`, `${b.what} ${b.digest}`),
  )
  return { images: state.images.length, manifests, blobs, bytes, findings }
}

const missing: Problem = { problem: 'missing', message: 'it is not there' }

function tagProblem(expected: Digest, found: Digest | undefined): Problem | undefined {
  if (found === expected) return undefined
  return found === undefined ? missing : { problem: 'changed', message: `it names ${found}` }
}

function problemOf(error: unknown): Problem {
  const message = messageOf(error)
  if (error instanceof DigestMismatchError) return { problem: 'damaged', message }
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return status === 404 ? missing : { problem: 'unreadable', message }
}

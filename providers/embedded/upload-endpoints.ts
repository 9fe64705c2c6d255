/**
 * Endpoints for uploads (OCI distribution-spec 1.1, "Pushing blobs"): in one request, in a session, in chunks, or by
 * mounting what another repository of this registry holds.
 */
import { DigestMismatchError } from '../../lib/errors.ts'
import { algorithmOf, type Digest, isDigest } from '../../lib/oci/digest.ts'
import { isRepositoryPath, type RepositoryPath } from '../../lib/oci/reference.ts'
import type { BlobWriter } from '../layout/index.ts'
import { type Exchange, Gone } from './exchange.ts'
import { Problem } from './problem.ts'
import { chunkRange } from './ranges.ts'
import { digest as parseDigestParameter } from './routes.ts'
import type { RegistryStore } from './store.ts'
import type { UploadSession, Uploads } from './uploads.ts'

/** The query parameter of absolute locations, as docker-registry has one. */
const STATE = '_state'

export interface UploadContext {
  readonly store: RegistryStore
  readonly uploads: Uploads
  /** Whether whoever asks may read the repository a mount takes from. */
  readonly mayPull: (repository: RepositoryPath) => boolean
  /** `http://127.0.0.1:5000`: locations begin with it, and carry a state that has to come back. */
  readonly locationBase: string | undefined
}

/** POST: a whole blob, a mount, or the start of a session. */
export async function beginUpload(
  { store, uploads, mayPull, locationBase }: UploadContext,
  exchange: Exchange,
  repository: RepositoryPath,
): Promise<void> {
  const query = exchange.url.searchParams
  const whole = query.get('digest')
  if (whole !== null) return receiveWhole(store, exchange, repository, parseDigestParameter(whole))
  const mount = query.get('mount') ?? ''
  const from = query.get('from') ?? ''
  if (isDigest(mount) && isRepositoryPath(from) && mayPull(from) && store.ledger.holdsBlob(from, mount)) {
    await store.ledger.record({ did: 'hold-blob', repository, digest: mount })
    return exchange.answer(201, stored(repository, mount))
  }
  await answerProgress(exchange, 202, await uploads.begin(repository), locationBase)
}

/** PATCH, PUT, GET and DELETE of a session. */
export async function continueUpload(
  { store, uploads, locationBase }: UploadContext,
  exchange: Exchange,
  repository: RepositoryPath,
  id: string,
): Promise<void> {
  if (locationBase !== undefined && exchange.url.searchParams.get(STATE) !== id)
    throw new Problem('BLOB_UPLOAD_INVALID', 'the state of the upload is missing from the address')
  switch (exchange.request.method) {
    case 'GET':
      return answerProgress(exchange, 204, await uploads.get(repository, id), locationBase)
    case 'DELETE':
      return uploads.use(repository, id, exchange, async session => {
        await uploads.cancel(session)
        await exchange.answer(204)
      })
    case 'PATCH':
      return uploads.use(repository, id, exchange, async session => {
        checkOffset(exchange, session, locationBase)
        await receive(exchange, session.writer)
        await answerProgress(exchange, 202, session, locationBase)
      })
    default:
      return uploads.use(repository, id, exchange, async session => {
        const digest = parseDigestParameter(exchange.url.searchParams.get('digest') ?? '')
        checkOffset(exchange, session, locationBase)
        await receive(exchange, session.writer)
        uploads.end(id)
        await finish(store, session.writer, repository, digest)
        await exchange.answer(201, stored(repository, digest))
      })
  }
}

async function receiveWhole(
  store: RegistryStore,
  exchange: Exchange,
  repository: RepositoryPath,
  digest: Digest,
): Promise<void> {
  const writer = await store.blobs.writer(algorithmOf(digest))
  try {
    await receive(exchange, writer)
  } catch (error) {
    await writer.discard()
    throw error
  }
  await finish(store, writer, repository, digest)
  await exchange.answer(201, stored(repository, digest))
}

/** What came before a connection broke is kept. */
async function receive(exchange: Exchange, writer: BlobWriter): Promise<void> {
  try {
    for await (const chunk of exchange.body()) await writer.append(chunk)
  } catch (error) {
    if (error instanceof Gone) await writer.settle()
    throw error
  }
  await writer.settle()
}

async function finish(
  store: RegistryStore,
  writer: BlobWriter,
  repository: RepositoryPath,
  digest: Digest,
): Promise<void> {
  try {
    await writer.finish({ digest }, `upload to ${repository}`)
  } catch (error) {
    if (error instanceof DigestMismatchError) throw new Problem('DIGEST_INVALID', error.message)
    throw error
  }
  await store.ledger.record({ did: 'hold-blob', repository, digest })
}

/** A chunk with a `Content-Range` must begin where the last one ended ("Pushing a blob in chunks"). */
function checkOffset(exchange: Exchange, session: UploadSession, locationBase: string | undefined): void {
  const header = exchange.request.headers['content-range']
  if (header === undefined) return
  const range = chunkRange(header)
  const length = exchange.request.headers['content-length']
  if (range === undefined || (length !== undefined && Number(length) !== range.end - range.start + 1))
    throw new Problem('BLOB_UPLOAD_INVALID', `the content-range ${header} does not fit the content`)
  if (range.start !== session.writer.size)
    throw new Problem('RANGE_INVALID', `the next byte expected is ${session.writer.size}`, {
      headers: progress(session, locationBase),
    })
}

async function answerProgress(
  exchange: Exchange,
  status: number,
  session: UploadSession,
  base: string | undefined,
): Promise<void> {
  await exchange.answer(status, progress(session, base))
}

/** docker-registry answers `0-0` before the first byte, and clients expect it. */
function progress(
  { id, repository, writer }: UploadSession,
  base: string | undefined,
): Record<string, string> {
  return {
    location: `${base ?? ''}/v2/${repository}/blobs/uploads/${id}${base === undefined ? '' : `?${STATE}=${id}`}`,
    range: `0-${Math.max(writer.size - 1, 0)}`,
    'docker-upload-uuid': id,
  }
}

function stored(repository: RepositoryPath, digest: Digest): Record<string, string> {
  return { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest }
}

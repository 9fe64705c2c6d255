/** Endpoints for blobs: download, existence and removal (OCI distribution-spec 1.1, end-2, end-10 and pulling blobs). */
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { Exchange } from './exchange.ts'
import { Problem } from './problem.ts'
import { downloadRange } from './ranges.ts'
import type { RegistryStore } from './store.ts'

export async function serveBlob(
  store: RegistryStore,
  exchange: Exchange,
  repository: RepositoryPath,
  digest: Digest,
): Promise<void> {
  const size = store.ledger.holdsBlob(repository, digest) ? await store.blobs.size(digest) : undefined
  if (size === undefined) throw new Problem('BLOB_UNKNOWN', `${repository} does not hold the blob ${digest}`)
  const { method, headers } = exchange.request
  if (method === 'DELETE') {
    await store.ledger.record({ did: 'drop-blob', repository, digest })
    await exchange.answer(202)
    return
  }
  const about = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
  }
  if (method === 'HEAD') return exchange.answerHead(200, { ...about, 'content-length': size })
  const range = downloadRange(headers.range, size)
  if (range === 'unsatisfiable')
    throw new Problem('RANGE_INVALID', `the blob has ${size} bytes`, {
      headers: { 'content-range': `bytes */${size}` },
    })
  if (range === undefined)
    return exchange.answerStream(200, { ...about, 'content-length': size }, store.blobs.stream(digest))
  await exchange.answerStream(
    206,
    {
      ...about,
      'content-length': range.end - range.start + 1,
      'content-range': `bytes ${range.start}-${range.end}/${size}`,
    },
    store.blobs.stream(digest, range),
  )
}

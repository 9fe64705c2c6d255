/**
 * Endpoints for manifests (OCI distribution-spec 1.1, "Pulling manifests", "Pushing manifests", "Deleting"). A pushed
 * manifest is stored verbatim, after everything it points at has been found in its repository.
 */
import { messageOf } from '../../lib/errors.ts'
import { algorithmOf, type Digest, digestOf, isDigest } from '../../lib/oci/digest.ts'
import { blobsOf, MAX_MANIFEST_BYTES, type Manifest, parseManifest } from '../../lib/oci/manifest.ts'
import { essenceOf, isForeignLayer } from '../../lib/oci/media-types.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { Exchange } from './exchange.ts'
import { Problem } from './problem.ts'
import type { RegistryServerOptions } from './registry-server.ts'
import type { RegistryStore } from './store.ts'

export async function serveManifest(
  store: RegistryStore,
  options: RegistryServerOptions,
  exchange: Exchange,
  repository: RepositoryPath,
  reference: Tag | Digest,
): Promise<void> {
  switch (exchange.request.method) {
    case 'PUT':
      return putManifest(store, options, exchange, repository, reference)
    case 'DELETE':
      return deleteManifest(store, options, exchange, repository, reference)
    default:
      return getManifest(store, options, exchange, repository, reference)
  }
}

async function getManifest(
  store: RegistryStore,
  options: RegistryServerOptions,
  exchange: Exchange,
  repository: RepositoryPath,
  reference: Tag | Digest,
): Promise<void> {
  const found = await store.find(repository, reference)
  if (found === undefined) throw manifestUnknown(repository, reference)
  const head = exchange.request.method === 'HEAD'
  const headers = {
    'content-type': found.mediaType,
    'content-length': found.size,
    etag: `"${found.digest}"`,
    ...((!head || options.headDigest !== false) && { 'docker-content-digest': found.digest }),
  }
  if (head) return exchange.answerHead(200, headers)
  await exchange.answer(200, headers, await store.blobs.manifestBytes(found.digest))
}

async function putManifest(
  store: RegistryStore,
  options: RegistryServerOptions,
  exchange: Exchange,
  repository: RepositoryPath,
  reference: Tag | Digest,
): Promise<void> {
  const bytes = await exchange.bodyBytes(MAX_MANIFEST_BYTES)
  const algorithm = isDigest(reference) ? algorithmOf(reference) : 'sha256'
  const digest = digestOf(bytes, algorithm)
  if (isDigest(reference) && reference !== digest)
    throw new Problem('DIGEST_INVALID', `the manifest has the digest ${digest}, not ${reference}`)
  const stated = essenceOf(exchange.request.headers['content-type'] ?? '')
  const manifest = readManifest(bytes, stated, `${repository}@${digest}`)
  await checkContent(store, options, repository, manifest)
  const raw = { digest, mediaType: manifest.mediaType, bytes }
  const subject = manifest.subject?.digest
  await store.putManifest(repository, isDigest(reference) ? undefined : reference, raw, subject)
  await exchange.answer(201, {
    location: `/v2/${repository}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject !== undefined && options.referrersApi !== false && { 'oci-subject': subject }),
  })
}

function readManifest(bytes: Uint8Array, stated: string, what: string): Manifest {
  let manifest: Manifest
  try {
    manifest = parseManifest({ mediaType: stated, bytes }, what)
  } catch (cause) {
    throw new Problem('MANIFEST_INVALID', messageOf(cause))
  }
  if (stated !== '' && stated !== manifest.mediaType)
    throw new Problem(
      'MANIFEST_INVALID',
      `it was sent as ${stated} but says that it is ${manifest.mediaType}`,
    )
  return manifest
}

/** Everything but foreign layers must be there; `subject` need not be (OCI distribution-spec 1.1). */
async function checkContent(
  store: RegistryStore,
  options: RegistryServerOptions,
  repository: RepositoryPath,
  manifest: Manifest,
): Promise<void> {
  if (manifest.kind === 'image') {
    for (const { digest, mediaType } of blobsOf(manifest))
      if (!isForeignLayer(mediaType) && !store.ledger.holdsBlob(repository, digest))
        throw new Problem('MANIFEST_BLOB_UNKNOWN', `${repository} does not hold the blob ${digest}`)
    return
  }
  if (options.requireChildren === false) return
  for (const { digest } of manifest.manifests)
    if (store.ledger.manifest(repository, digest) === undefined)
      throw new Problem('MANIFEST_BLOB_UNKNOWN', `${repository} does not hold the manifest ${digest}`)
}

async function deleteManifest(
  store: RegistryStore,
  options: RegistryServerOptions,
  exchange: Exchange,
  repository: RepositoryPath,
  reference: Tag | Digest,
): Promise<void> {
  if (!isDigest(reference) && options.allowTagDelete === false)
    throw new Problem('DIGEST_INVALID', 'a manifest is deleted by its digest here')
  if ((await store.find(repository, reference)) === undefined) throw manifestUnknown(repository, reference)
  if (isDigest(reference)) await store.deleteManifest(repository, reference)
  else await store.deleteTag(repository, reference)
  await exchange.answer(202)
}

function manifestUnknown(repository: RepositoryPath, reference: Tag | Digest): Problem {
  return new Problem('MANIFEST_UNKNOWN', `${repository} has no manifest ${reference}`)
}

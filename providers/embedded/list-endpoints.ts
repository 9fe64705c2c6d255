/** Endpoints that list: tags, repositories, and what refers to a manifest (OCI distribution-spec 1.1). */
import { type Descriptor, descriptorFromJson } from '../../lib/oci/descriptor.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { artifactTypeOf, parseManifest } from '../../lib/oci/manifest.ts'
import { OCI_INDEX } from '../../lib/oci/media-types.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { Exchange } from './exchange.ts'
import { type OpaquePages, pageOf } from './paging.ts'
import { Problem } from './problem.ts'
import type { RegistryStore } from './store.ts'

export async function listTags(
  store: RegistryStore,
  exchange: Exchange,
  repository: RepositoryPath,
  opaque?: OpaquePages,
): Promise<void> {
  const tags = await store.tags(repository)
  if (tags === undefined) throw new Problem('NAME_UNKNOWN', `there is no repository ${repository}`)
  const { items, headers } = pageOf(tags, exchange.url, opaque)
  await exchange.answerJson(200, { name: repository, tags: items }, headers)
}

export async function listRepositories(
  store: RegistryStore,
  exchange: Exchange,
  opaque?: OpaquePages,
): Promise<void> {
  const { items, headers } = pageOf(await store.repositories(), exchange.url, opaque)
  await exchange.answerJson(200, { repositories: items }, headers)
}

/** An index of everything in the repository whose `subject` is the digest; empty when there is nothing, never a 404. */
export async function listReferrers(
  store: RegistryStore,
  exchange: Exchange,
  repository: RepositoryPath,
  subject: Digest,
): Promise<void> {
  const filter = exchange.url.searchParams.get('artifactType')
  const referrers: Descriptor[] = []
  for (const digest of store.ledger.referrers(repository, subject))
    referrers.push(await describe(store, repository, digest))
  const manifests = filter === null ? referrers : referrers.filter(each => each.artifactType === filter)
  await exchange.answerJson(
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    { 'content-type': OCI_INDEX, ...(filter !== null && { 'oci-filters-applied': 'artifactType' }) },
  )
}

async function describe(
  store: RegistryStore,
  repository: RepositoryPath,
  digest: Digest,
): Promise<Descriptor> {
  const bytes = await store.blobs.manifestBytes(digest)
  const mediaType = store.ledger.manifest(repository, digest)?.mediaType ?? ''
  const manifest = parseManifest({ mediaType, bytes }, digest)
  const { annotations } = manifest
  const artifactType = artifactTypeOf(manifest)
  return descriptorFromJson(
    { mediaType: manifest.mediaType, digest, size: bytes.length, annotations, artifactType },
    digest,
  )
}

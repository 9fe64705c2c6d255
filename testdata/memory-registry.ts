/**
 * A registry in memory, as a source and as a target, for tests of planning and applying: it checks what registries
 * check, records every request, and fails or waits where a test says so.
 *
 * Deleting a manifest takes its tags with it, as in most registries.
 */
import { PlaceError } from '../lib/errors.ts'
import type { Descriptor } from '../lib/oci/descriptor.ts'
import { type Digest, digestOf, isDigest, verifyBytes, verifyStream } from '../lib/oci/digest.ts'
import { artifactTypeOf, blobsOf, parseManifest, type RawManifest } from '../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../lib/oci/reference.ts'
import type { PlannedRequest } from '../lib/plan/requests.ts'
import type { BlobContent, Target, TargetAbilities, TargetRepository } from '../lib/provider.ts'
import { parseTarget } from '../lib/target.ts'
import { type Built, manifestsOf } from './images.ts'

export interface MemoryRequest {
  readonly method: 'HEAD' | 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly what: 'manifest' | 'blob' | 'tags' | 'referrers' | 'abilities'
  readonly repository: string
  readonly reference: string
}

export interface MemoryContent {
  readonly tags: Map<Tag, Digest>
  readonly manifests: Map<Digest, RawManifest>
  readonly blobs: Map<Digest, Uint8Array>
}

export interface MemoryRegistryOptions {
  /** The target's path below the host; default none. */
  readonly prefix?: string
  /** Default: deletes everything, refuses an index without its children, has the referrers API. */
  readonly abilities?: Partial<TargetAbilities>
  /** Most tags that one listing shows; default all. */
  readonly tagPage?: number
}

export class MemoryRegistry implements Target {
  readonly address: Target['address']
  readonly host: string
  readonly requests: MemoryRequest[] = []
  /** Every request that changed something, as a plan states it. */
  readonly mutations: PlannedRequest[] = []
  /** Called with each request before it is served: may throw, or wait. */
  before: (request: MemoryRequest) => void | Promise<void> = () => {}
  can: TargetAbilities
  readonly tagPage: number
  readonly #content = new Map<string, MemoryContent>()

  constructor(host: string, options: MemoryRegistryOptions = {}) {
    this.host = host
    this.address = parseTarget(`docker://${host}${options.prefix === undefined ? '' : `/${options.prefix}`}`)
    this.tagPage = options.tagPage ?? Number.POSITIVE_INFINITY
    this.can = {
      deleteTag: 'yes',
      deleteManifest: 'yes',
      sparseIndex: 'no',
      referrersApi: 'yes',
      ...options.abilities,
    }
  }

  repository(path: RepositoryPath): TargetRepository {
    return new MemoryRepository(this, path)
  }

  async abilities(repository: RepositoryPath): Promise<TargetAbilities> {
    await this.ask('HEAD', 'abilities', repository, '')
    return this.can
  }

  /** What a repository holds, to look at and to change behind everybody's back. */
  content(repository: string): MemoryContent {
    const known = this.#content.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() }
    this.#content.set(repository, known)
    return known
  }

  has(repository: string): boolean {
    return (this.#content.get(repository)?.tags.size ?? 0) > 0
  }

  /** Puts an image there without a request. */
  hold(repository: string, tag: string | undefined, image: Built): Digest {
    const content = this.content(repository)
    for (const { manifest, blobs } of manifestsOf(image)) {
      content.manifests.set(manifest.digest, manifest)
      for (const [digest, bytes] of blobs) content.blobs.set(digest, bytes)
    }
    if (tag !== undefined) content.tags.set(tag as Tag, image.manifest.digest)
    return image.manifest.digest
  }

  async ask(
    method: MemoryRequest['method'],
    what: MemoryRequest['what'],
    repository: string,
    reference: string,
  ): Promise<void> {
    const request = { method, what, repository, reference }
    this.requests.push(request)
    await this.before(request)
  }

  /** `GET manifest` and so on, how often each. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { method, what } of this.requests)
      counts[`${method} ${what}`] = (counts[`${method} ${what}`] ?? 0) + 1
    return counts
  }

  forgetRequests(): void {
    this.requests.length = 0
    this.mutations.length = 0
  }
}

class MemoryRepository implements TargetRepository {
  readonly name: string
  readonly #registry: MemoryRegistry
  readonly #path: RepositoryPath

  constructor(registry: MemoryRegistry, path: RepositoryPath) {
    this.#registry = registry
    this.#path = path
    this.name = `${registry.host}/${path}`
  }

  get #content(): MemoryContent {
    return this.#registry.content(this.#path)
  }

  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    await this.#registry.ask('HEAD', 'manifest', this.#path, reference)
    const digest = isDigest(reference) ? reference : this.#content.tags.get(reference)
    const raw = digest && this.#content.manifests.get(digest)
    return raw && { mediaType: raw.mediaType, digest: raw.digest, size: raw.bytes.length }
  }

  async manifest(digest: Digest): Promise<RawManifest> {
    await this.#registry.ask('GET', 'manifest', this.#path, digest)
    const raw = this.#content.manifests.get(digest)
    if (raw === undefined) throw this.#missing(`manifest ${digest}`, 'MANIFEST_UNKNOWN')
    verifyBytes(`${this.name}@${digest}`, raw.bytes, digest)
    return raw
  }

  async blob(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>> {
    await this.#registry.ask('GET', 'blob', this.#path, descriptor.digest)
    const bytes = this.#content.blobs.get(descriptor.digest)
    if (bytes === undefined) throw this.#missing(`blob ${descriptor.digest}`, 'BLOB_UNKNOWN')
    return verifyStream(`${this.name}@${descriptor.digest}`, once(bytes), descriptor)
  }

  async tags(_signal: AbortSignal, limit = Number.POSITIVE_INFINITY) {
    await this.#registry.ask('GET', 'tags', this.#path, '')
    if (!this.#registry.has(this.#path)) return undefined
    const all = [...this.#content.tags.keys()].sort()
    const shown = all.slice(0, Math.min(limit, this.#registry.tagPage))
    return { tags: shown, complete: shown.length === all.length }
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[] | undefined> {
    await this.#registry.ask('GET', 'referrers', this.#path, subject)
    if (this.#registry.can.referrersApi !== 'yes') return undefined
    return [...this.#content.manifests.values()].flatMap(raw => {
      const manifest = parseManifest(raw, raw.digest)
      if (manifest.subject?.digest !== subject) return []
      const { mediaType, digest, bytes } = raw
      const artifactType = artifactTypeOf(manifest)
      return [{ mediaType, digest, size: bytes.length, ...(artifactType !== undefined && { artifactType }) }]
    })
  }

  async hasBlob({ digest }: Descriptor): Promise<boolean> {
    await this.#registry.ask('HEAD', 'blob', this.#path, digest)
    return this.#content.blobs.has(digest)
  }

  async pushBlob(descriptor: Descriptor, content: BlobContent, signal: AbortSignal) {
    const { digest } = descriptor
    await this.#registry.ask('POST', 'blob', this.#path, digest)
    const { mountFrom } = content
    const mounted = mountFrom && this.#registry.content(mountFrom).blobs.get(digest)
    if (mounted && mountFrom) {
      this.#registry.mutations.push({ do: 'mount', repository: this.#path, digest, from: mountFrom })
      this.#content.blobs.set(digest, mounted)
      return 'mounted' as const
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of await content.open(signal)) chunks.push(chunk)
    signal.throwIfAborted()
    const bytes = Buffer.concat(chunks)
    verifyBytes(`${this.name}@${digest}`, bytes, digest)
    this.#registry.mutations.push({ do: 'upload', repository: this.#path, digest })
    this.#content.blobs.set(digest, bytes)
    return 'uploaded' as const
  }

  async pushManifest(raw: RawManifest, as: Tag | Digest): Promise<void> {
    await this.#registry.ask('PUT', 'manifest', this.#path, as)
    if (digestOf(raw.bytes) !== raw.digest) throw new PlaceError('wrong digest', { code: 'DIGEST_INVALID' })
    const manifest = parseManifest(raw, this.name)
    const content = this.#content
    if (manifest.kind === 'image')
      for (const { digest } of blobsOf(manifest))
        if (!content.blobs.has(digest)) throw this.#missing(`blob ${digest}`, 'MANIFEST_BLOB_UNKNOWN')
    if (manifest.kind === 'index' && this.#registry.can.sparseIndex !== 'yes')
      for (const { digest } of manifest.manifests)
        if (!content.manifests.has(digest)) throw this.#missing(`manifest ${digest}`, 'MANIFEST_UNKNOWN')
    const { digest } = raw
    this.#registry.mutations.push({ do: 'put-manifest', repository: this.#path, reference: as, digest })
    content.manifests.set(digest, raw)
    if (!isDigest(as)) content.tags.set(as, digest)
  }

  async deleteTag(tag: Tag): Promise<void> {
    await this.#registry.ask('DELETE', 'manifest', this.#path, tag)
    if (this.#registry.can.deleteTag !== 'yes') throw new PlaceError('405', { status: 405 })
    this.#registry.mutations.push({ do: 'delete-tag', repository: this.#path, tag })
    this.#content.tags.delete(tag)
  }

  async deleteManifest(digest: Digest): Promise<void> {
    await this.#registry.ask('DELETE', 'manifest', this.#path, digest)
    if (this.#registry.can.deleteManifest !== 'yes') throw new PlaceError('405', { status: 405 })
    this.#registry.mutations.push({ do: 'delete-manifest', repository: this.#path, digest })
    const { tags, manifests } = this.#content
    manifests.delete(digest)
    for (const [tag, named] of tags) if (named === digest) tags.delete(tag)
  }

  #missing(what: string, code: string): PlaceError {
    return new PlaceError(`${this.name}: ${what} is not there`, { status: 404, code })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/**
 * A repository as a source: read through the mirrors that registries.conf gives it, under its own name.
 *
 * The first endpoint that serves a manifest is used for the rest of the repository; others are asked when it fails. A
 * registry that was away a moment ago is asked last. When nothing serves, the error lists every endpoint and why.
 */
import { messageOf } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { RawManifest } from '../../../lib/oci/manifest.ts'
import type { Tag } from '../../../lib/oci/reference.ts'
import type { ReferrersLister, RepositoryReader, TagList, TagLister } from '../../../lib/provider.ts'
import type { Endpoint } from '../conf/endpoints.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import type { Open } from './blob-stream.ts'
import { openBlob, streamBlob } from './blobs.ts'
import { readManifest, resolveManifest } from './manifests.ts'
import { listReferrers } from './referrers.ts'
import { listTags } from './tags.ts'

export interface Routes {
  /** Endpoints for a tag or digest of the repository, in the order to try. */
  endpointsFor(reference: string): readonly Endpoint[]
  at(endpoint: Endpoint): RepositoryAt
}

/** Stands for any tag where a list of tags is asked for: rules for tags apply, not those for digests. */
const ANY_TAG = 'latest'

interface Tried {
  readonly endpoint: Endpoint
  /** undefined: it answered that there is no such thing */
  readonly error: unknown
}

export class SourceRepository implements RepositoryReader, TagLister, ReferrersLister {
  readonly name: string
  readonly #routes: Routes
  #serving: Endpoint | undefined

  constructor(name: string, routes: Routes) {
    this.name = name
    this.#routes = routes
  }

  async resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    const endpoints = this.#inOrder(this.#routes.endpointsFor(reference))
    return this.#first(endpoints, 'look up', reference, signal, (at, asked) =>
      resolveManifest(at, asked, signal),
    )
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    const endpoints = this.#inOrder(this.#routes.endpointsFor(digest))
    return this.#first(endpoints, 'read the manifest', digest, signal, at => readManifest(at, digest, signal))
  }

  /** Goes on elsewhere when an endpoint fails in the middle: the bytes are the same, since the digest is. */
  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const open: Open = (from, again) => {
      const endpoints = this.#servingFirst(this.#routes.endpointsFor(descriptor.digest))
      const isFailing = (endpoint: Endpoint) => this.#routes.at(endpoint).session === again?.failing
      const order = [...endpoints.filter(endpoint => !isFailing(endpoint)), ...endpoints.filter(isFailing)]
      return this.#first(order, 'read the blob', descriptor.digest, signal, at =>
        openBlob(at, descriptor, from, again, signal),
      )
    }
    return streamBlob(this.name, descriptor, open, signal)
  }

  async tags(signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    const endpoints = this.#servingFirst(this.#routes.endpointsFor(ANY_TAG))
    return this.#first(endpoints, 'list the tags of', undefined, signal, at => listTags(at, limit, signal))
  }

  /** Asked where the image itself came from, so that image and referrers belong together. */
  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    const [endpoint] = this.#servingFirst(this.#routes.endpointsFor(subject))
    return endpoint && listReferrers(this.#routes.at(endpoint), subject, signal)
  }

  /** `attempt` either throws for what is not there or gives undefined; what comes back is of the same kind. */
  async #first<T>(
    endpoints: readonly Endpoint[],
    action: string,
    reference: string | undefined,
    signal: AbortSignal,
    attempt: (at: RepositoryAt, asked: string) => Promise<T>,
  ): Promise<T> {
    const tried: Tried[] = []
    let absence: { readonly answer: T } | undefined
    for (const endpoint of endpoints) {
      try {
        const answer = await attempt(this.#routes.at(endpoint), endpoint.reference)
        if (answer !== undefined) {
          this.#serving = endpoint
          return answer
        }
        absence = { answer }
        tried.push({ endpoint, error: undefined })
      } catch (error) {
        signal.throwIfAborted()
        if (endpoints.length === 1) throw error
        tried.push({ endpoint, error })
      }
    }
    if (absence !== undefined && this.#isAbsence(tried)) return absence.answer
    const subject = reference === undefined ? this.name : nameOf(this, reference)
    throw noneServed(tried, { action, subject })
  }

  /** Everyone said no; or the one that serves this repository did, and the rest cannot be reached. */
  #isAbsence(tried: readonly Tried[]): boolean {
    const servingSaidNo = tried.some(
      ({ endpoint, error }) => error === undefined && same(endpoint, this.#serving),
    )
    return tried.every(({ error }) => error === undefined || (servingSaidNo && isUnreachable(error)))
  }

  #inOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const isAway = (endpoint: Endpoint) => this.#routes.at(endpoint).session.isAway
    return endpoints.length < 2
      ? endpoints
      : [...endpoints.filter(endpoint => !isAway(endpoint)), ...endpoints.filter(isAway)]
  }

  #servingFirst(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const serving = this.#serving
    if (serving === undefined) return this.#inOrder(endpoints)
    return [serving, ...this.#inOrder(endpoints.filter(endpoint => !same(endpoint, serving)))]
  }
}

function same(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  return a !== undefined && b !== undefined && a.host === b.host && a.path === b.path
}

function isUnreachable(error: unknown): boolean {
  return error instanceof RegistryError && error.status === undefined
}

/** Status, code and hint are those of the last endpoint: the registry itself, which the mirrors stand in for. */
function noneServed(tried: readonly Tried[], operation: Operation): RegistryError {
  const reasons = tried.map(({ endpoint, error }) => `${endpoint.host}/${endpoint.path}: ${reasonOf(error)}`)
  const last = tried.findLast(({ error }) => error !== undefined)?.error
  const fault = last instanceof RegistryError ? last.fault : { cause: last }
  return new RegistryError({ ...fault, detail: `no endpoint served it: ${reasons.join('; ')}` }, operation)
}

function reasonOf(error: unknown): string {
  if (error === undefined) return 'not found'
  return error instanceof RegistryError ? error.fault.detail : messageOf(error)
}

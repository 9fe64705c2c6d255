/**
 * What a registry says of an upload in its headers (OCI distribution-spec 1.1, "Pushing blobs"): where to go on, how
 * many bytes it has, how small a chunk may be. `Location` may be relative, carry the upload's state in its query, or
 * name another host.
 */
import type { Digest } from '../../../lib/oci/digest.ts'
import { RegistryError } from '../http/registry-error.ts'
import { type Answer, headerOf } from '../http/wire.ts'

/**
 * Where to go on. A registry behind a proxy that ends TLS may not know it is reached by HTTPS: on the same host the
 * scheme stays what it was.
 */
export function locationOf(answer: Pick<Answer, 'headers' | 'url'>): URL {
  const text = headerOf(answer, 'location')
  if (text === undefined || !URL.canParse(text, answer.url.href))
    throw new RegistryError({ detail: `${answer.url.host} does not say where to upload to` })
  const location = new URL(text, answer.url)
  if (location.protocol === 'http:' && answer.url.protocol === 'https:' && location.host === answer.url.host)
    location.protocol = 'https:'
  return location
}

/** Adds `digest` to the query and leaves the rest of it as it is, byte for byte. */
export function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location)
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`
  return url
}

/**
 * How many bytes the registry has, by its `Range: 0-<last>` (also with `bytes=` before it); undefined when it does not
 * say. `0-0` is what registries answer before the first byte.
 */
export function receivedOf(answer: Pick<Answer, 'headers'>): number | undefined {
  const last = /^\s*(?:bytes[= ])?0-(\d{1,15})\s*$/i.exec(headerOf(answer, 'range') ?? '')?.[1]
  if (last === undefined) return undefined
  return last === '0' ? 0 : Number(last) + 1
}

/** The smallest chunk that is not the last one, bytes, where the registry names one (`OCI-Chunk-Min-Length`). */
export function leastChunkOf(answer: Pick<Answer, 'headers'>): number {
  const text = headerOf(answer, 'oci-chunk-min-length')?.trim() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

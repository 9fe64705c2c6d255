/**
 * Follows redirects of reads, to blob stores and content delivery networks.
 *
 * `Authorization` stays with the origin it is for: storage refuses requests that carry a second signature, and a
 * credential is nobody else's business. Requests that change something are never sent on.
 */
import { discard } from './body.ts'
import { RegistryError } from './registry-error.ts'
import { type Answer, headerOf, type Wire, type WireRequest } from './wire.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MAX_REDIRECTS = 10

export async function sendFollowing(wire: Wire, first: WireRequest, signal: AbortSignal): Promise<Answer> {
  let request = first
  for (let hops = 0; ; hops++) {
    const answer = await wire.send(request, signal)
    const location = headerOf(answer, 'location')
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (!reads || !REDIRECTS.has(answer.status) || location === undefined) return answer
    await discard(answer)
    if (hops >= MAX_REDIRECTS)
      throw new RegistryError({ detail: `${first.url.host} redirects more than ${MAX_REDIRECTS} times` })
    request = { ...request, ...next(request, location) }
  }
}

function next(request: WireRequest, location: string): Pick<WireRequest, 'url' | 'headers'> {
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new RegistryError({ detail: `${request.url.host} redirects to an address that cannot be followed` })
  return {
    url,
    headers: url.origin === request.url.origin ? request.headers : withoutAuthorization(request.headers),
  }
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { authorization: _, ...rest } = headers
  return rest
}

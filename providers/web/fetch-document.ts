/**
 * One attempt to read a document: the request, its redirects, its body up to the limit.
 *
 * A login in the address is sent to its own origin and to nobody else. What began with HTTPS ends with HTTPS: a redirect
 * to plain HTTP would let anybody on the way choose the content.
 */
import type { Dispatcher } from 'undici'
import type { WebRequest } from '../../lib/provider.ts'
import { discard, readAtMost } from '../registry/http/body.ts'
import type { Connections } from '../registry/http/connections.ts'
import { RegistryError } from '../registry/http/registry-error.ts'
import { type Answer, headerOf } from '../registry/http/wire.ts'
import { shownUrl } from './shown-url.ts'
import { brokenFault, isConnectionError, statusFault } from './web-fault.ts'

export interface Reaching {
  readonly connections: Connections
  /** Takes any certificate. */
  readonly insecure: boolean
  readonly userAgent: string
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MAX_REDIRECTS = 10
const NOT_THERE: ReadonlySet<number> = new Set([404, 410])

/** @throws RegistryError without an operation */
export async function fetchDocument(
  reaching: Reaching,
  first: URL,
  request: WebRequest,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  let url = first
  try {
    for (let hops = 0; ; hops++) {
      const answer = await send(reaching, url, request, loginFor(url, first), signal)
      const location = headerOf(answer, 'location')
      if (!REDIRECTS.has(answer.status) || location === undefined) return await receive(answer, request)
      await discard(answer)
      if (hops >= MAX_REDIRECTS)
        throw new RegistryError({
          detail: `${first.host} redirects more than ${MAX_REDIRECTS} times`,
          hint: 'check the address',
        })
      url = redirected(url, location)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!isConnectionError(error)) throw error
    throw new RegistryError(brokenFault(error, url.host))
  }
}

async function send(
  { connections, insecure, userAgent }: Reaching,
  url: URL,
  { accept }: WebRequest,
  login: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const dispatcher = await connections.dispatcherFor(url, insecure)
  const options: Dispatcher.RequestOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'GET',
    headers: {
      'user-agent': userAgent,
      'accept-encoding': 'identity',
      accept: accept ?? '*/*',
      ...(login !== undefined && { authorization: login }),
    },
    signal,
  }
  const { statusCode, headers, body } = await dispatcher.request(options)
  // A body that nobody reads to its end may still fail; whoever reads it learns of it by reading.
  body.on('error', () => {})
  return { status: statusCode, headers, body, url }
}

async function receive(answer: Answer, { maxBytes }: WebRequest): Promise<Uint8Array | undefined> {
  if (answer.status === 200) return await readBody(answer, maxBytes)
  await discard(answer)
  if (NOT_THERE.has(answer.status)) return undefined
  throw new RegistryError(statusFault(answer, answer.url.host))
}

async function readBody(answer: Answer, maxBytes: number): Promise<Uint8Array> {
  const tooLong = () =>
    new RegistryError({
      detail: `${answer.url.host} answered with more than ${maxBytes} bytes`,
      hint: 'documents of that kind are far smaller: check the address',
    })
  if (Number(headerOf(answer, 'content-length')) > maxBytes) {
    answer.body.destroy()
    throw tooLong()
  }
  try {
    return await readAtMost(answer, maxBytes)
  } catch (error) {
    if (error instanceof RangeError) throw tooLong()
    throw error
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (to === undefined || (to.protocol !== 'https:' && to.protocol !== 'http:'))
    throw new RegistryError({
      detail: `${from.host} redirects to an address that cannot be followed`,
      hint: 'check the address',
    })
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new RegistryError({
      detail: `${from.host} redirects from HTTPS to ${shownUrl(to)}, which is not followed`,
      hint: 'anybody on the way could change what is read there: ask for an address that stays with HTTPS',
    })
  return to
}

/** RFC 7617. */
function loginFor(url: URL, first: URL): string | undefined {
  if (url.origin !== first.origin || (first.username === '' && first.password === '')) return undefined
  const login = `${decoded(first.username)}:${decoded(first.password)}`
  return `Basic ${Buffer.from(login).toString('base64')}`
}

/** A percent sign that encodes nothing is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

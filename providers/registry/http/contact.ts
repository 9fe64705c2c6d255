/**
 * The first contact with a registry: finds out whether it speaks HTTPS or, where that is allowed, plain HTTP, and how it
 * wants to be logged in to. `GET /v2/` is asked once, without credentials (OCI distribution-spec 1.1, "Determining
 * Support"): a registry that asks for none gets none.
 */
import { type Challenge, parseChallenges } from '../auth/challenge.ts'
import { answerFault, isWebPage } from './answer-fault.ts'
import { apiHost } from './api-host.ts'
import { discard } from './body.ts'
import { type Contacted, codeOf, connectionFault } from './connection-fault.ts'
import { sendFollowing } from './redirects.ts'
import { RegistryError } from './registry-error.ts'
import { type Answer, headerOf, type Wire } from './wire.ts'

export interface Contact {
  /** `https://registry.example:5000/` */
  readonly base: URL
  readonly challenges: readonly Challenge[]
  readonly headers: Answer['headers']
  /** False when the answer was a web page: whatever is not found there, this may be no registry at all. */
  readonly looksLikeRegistry: boolean
}

export interface ContactOptions extends Contacted {
  /** Takes any certificate, and plain HTTP where HTTPS is not spoken. */
  readonly insecure: boolean
}

/** Faults that waiting a little does not mend when nothing was ever heard of the host. */
const SETTLED: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
])

/** @throws RegistryError; `retryable` when the registry, or a proxy before it, is only in passing trouble. */
export async function makeContact(
  wire: Wire,
  options: ContactOptions,
  signal: AbortSignal,
): Promise<Contact> {
  const host = apiHost(options.host)
  try {
    return await ping(wire, new URL(`https://${host}/v2/`), options, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof RegistryError) throw error
    if (!options.insecure || codeOf(error) === undefined) throw faultOf(error, options)
    return await pingPlainly(wire, host, error, options, signal)
  }
}

async function pingPlainly(
  wire: Wire,
  host: string,
  secureError: unknown,
  options: ContactOptions,
  signal: AbortSignal,
): Promise<Contact> {
  try {
    const contact = await ping(wire, new URL(`http://${host}/v2/`), options, signal)
    return contact
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof RegistryError && error.status !== 400) throw error
    const overHttps = connectionFault(secureError, options)
    if (error instanceof RegistryError || codeOf(error) === codeOf(secureError))
      throw faultOf(secureError, options)
    const overHttp = connectionFault(error, options)
    throw faultOf(secureError, options).with({
      detail: `over HTTPS, ${overHttps.detail}; over HTTP, ${overHttp.detail}`,
      hint: overHttp.hint,
    })
  }
}

async function ping(wire: Wire, url: URL, options: ContactOptions, signal: AbortSignal): Promise<Contact> {
  const answer = await sendFollowing(
    wire,
    { method: 'GET', url, intent: { kind: 'read' }, headers: {}, insecure: options.insecure },
    signal,
  )
  const fault =
    answer.status === 200 || answer.status === 401 ? undefined : await answerFault(answer, options.host)
  if (fault === undefined) await discard(answer)
  // Go's HTTPS servers answer plain HTTP with 400.
  if (fault?.retryable || (fault?.status === 400 && url.protocol === 'http:')) throw new RegistryError(fault)
  return {
    base: new URL('/', url),
    challenges: answer.status === 401 ? parseChallenges(answer.headers['www-authenticate']) : [],
    headers: answer.headers,
    looksLikeRegistry:
      headerOf(answer, 'docker-distribution-api-version') !== undefined || !isWebPage(answer),
  }
}

function faultOf(error: unknown, options: ContactOptions): RegistryError {
  const fault = connectionFault(error, options)
  return new RegistryError({ ...fault, retryable: fault.retryable === true && !SETTLED.has(fault.code) })
}

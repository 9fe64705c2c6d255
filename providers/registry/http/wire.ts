/**
 * One request, one answer: no login, no retry, no redirect. Every request of this provider passes here, so here is where
 * the guard stands and where requests are observed.
 */
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Clock, RequestRecord } from '../options.ts'
import type { Connections } from './connections.ts'
import type { Intent, Method, MutationGuard } from './guard.ts'
import { watchProgress } from './send-progress.ts'

export interface WireRequest {
  readonly method: Method
  readonly url: URL
  readonly intent: Intent
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array> | undefined
  /** Takes any certificate. */
  readonly insecure: boolean
}

export type Answer = Readonly<{
  status: number
  headers: Dispatcher.ResponseData['headers']
  body: Dispatcher.ResponseData['body']
  /** Where it came from, after redirects. */
  url: URL
}>

export interface WireOptions {
  readonly connections: Connections
  readonly guard: MutationGuard
  readonly clock: Clock
  readonly userAgent?: string | undefined
  /** Milliseconds that a read may wait for its answer's headers. */
  readonly headersTimeout?: number | undefined
  /** Milliseconds in which a body that is being sent has to move. */
  readonly sendTimeout?: number | undefined
  readonly onRequest?: ((request: RequestRecord) => void) | undefined
}

const READ_HEADERS_TIMEOUT = 60_000
const SEND_TIMEOUT = 60_000
/**
 * Milliseconds, longer than any timeout of undici. Its timers do not keep the process running: where a connection goes
 * away without a word, the program would end in the middle (exit code 13) instead of asking again.
 */
const KEPT_AWAKE = 360_000

/** Query parameters that may be shown; others (signatures, upload states) may be secrets. */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set([
  'n',
  'last',
  'digest',
  'mount',
  'from',
  'scope',
  'service',
  'artifactType',
])

export class Wire {
  readonly guard: MutationGuard
  readonly #options: WireOptions

  constructor(options: WireOptions) {
    this.guard = options.guard
    this.#options = options
  }

  /** @throws GuardError before anything is sent; undici's and Node's own errors when there is no answer. */
  async send(request: WireRequest, signal: AbortSignal): Promise<Answer> {
    const awake = setTimeout(() => {}, KEPT_AWAKE)
    try {
      return await this.#exchange(request, signal)
    } finally {
      clearTimeout(awake)
    }
  }

  async #exchange(request: WireRequest, signal: AbortSignal): Promise<Answer> {
    const { clock, connections, userAgent } = this.#options
    this.guard.check(request.method, request.intent, request.url)
    signal.throwIfAborted()
    const dispatcher = await connections.dispatcherFor(request.url, request.insecure)
    const started = clock.now()
    const watched = isStream(request.body)
      ? watchProgress(request.body, this.#options.sendTimeout ?? SEND_TIMEOUT, signal)
      : { body: request.body, signal, end: () => {} }
    try {
      const options: Dispatcher.RequestOptions = {
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: {
          'user-agent': userAgent ?? 'mirrorform',
          'accept-encoding': 'identity',
          ...request.headers,
        },
        body: bodyFor(watched.body),
        headersTimeout: this.#patienceFor(request.intent),
        signal: watched.signal,
      }
      const { statusCode, headers, body } = await dispatcher.request(options)
      this.#observe(request, statusCode, clock.now() - started)
      // A body that nobody reads to its end may still fail; whoever reads it learns of it by reading.
      body.on('error', () => {})
      return { status: statusCode, headers, body, url: request.url }
    } catch (error) {
      this.#observe(request, 0, clock.now() - started)
      signal.throwIfAborted()
      throw error
    } finally {
      watched.end()
    }
  }

  /** A read is answered soon or never; the end of an upload may take a registry minutes (the dispatcher's own limit). */
  #patienceFor(intent: Intent): number | null {
    if (intent.kind === 'write' || intent.kind === 'upload') return null
    return this.#options.headersTimeout ?? READ_HEADERS_TIMEOUT
  }

  #observe({ method, url }: WireRequest, status: number, ms: number): void {
    this.#options.onRequest?.({ method, url: withoutSecrets(url), status, ms })
  }
}

function isStream(body: WireRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}

/** undici writes async iterables as they come, with back-pressure; its types only speak of `Readable`. */
function bodyFor(body: WireRequest['body']): Readable | Uint8Array | string | null {
  return (body ?? null) as Readable | Uint8Array | string | null
}

export function headerOf(answer: Pick<Answer, 'headers'>, name: string): string | undefined {
  const value = answer.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** A URL for logs: no user, and of the query only what cannot be a secret. */
export function withoutSecrets(url: URL): string {
  const query = [...url.searchParams].map(([name, value]) =>
    SHOWN_PARAMETERS.has(name) ? `${name}=${value}` : `${name}=…`,
  )
  return `${url.origin}${url.pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

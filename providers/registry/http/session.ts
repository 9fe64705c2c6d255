/**
 * One registry as one side of the work sees it: requests with login, redirects and retries, and what was learnt.
 *
 * Every request to a registry's API goes through `request`, at the pace that the host can take (see `pace/`).
 */
import type { Authorization, Authorizer } from '../auth/authorizer.ts'
import { parseChallenges } from '../auth/challenge.ts'
import type { Credentials } from '../auth/credentials.ts'
import type { Scopes } from '../auth/scope.ts'
import { type ActionClass, actionClassOf } from '../pace/action-class.ts'
import type { Bandwidth } from '../pace/bandwidth.ts'
import type { HostPace, Passage } from '../pace/host-pace.ts'
import { answerFault } from './answer-fault.ts'
import { discard } from './body.ts'
import { codeOf, connectionFault } from './connection-fault.ts'
import { type Contact, type ContactOptions, makeContact } from './contact.ts'
import type { Intent, Method } from './guard.ts'
import { type HostFacts, noFacts } from './host-facts.ts'
import { sendFollowing } from './redirects.ts'
import { refusalOf } from './refusal.ts'
import { type Fault, type Operation, RegistryError } from './registry-error.ts'
import { isRetryableOrDamaged, type RetryPolicy, retrying } from './retry.ts'
import { untilAborted } from './single-flight.ts'
import type { Answer, Wire } from './wire.ts'

export interface ApiRequest {
  readonly operation: Operation
  readonly method: Method
  /** `/v2/…`, or an address that the registry itself gave */
  readonly path: string | URL
  /** Default: reading. */
  readonly intent?: Intent
  readonly scopes: Scopes
  /** A product's own API beside the registry's: logged in to with user and password, and asked without where there are none. */
  readonly login?: 'basic'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** A body that can be sent once: such a request is never repeated here. */
  readonly stream?: AsyncIterable<Uint8Array>
  /** The answers that `receive` deals with; every other is an error. */
  readonly wanted: (status: number) => boolean
  /** Default: as the options say. */
  readonly retries?: number
  /** Goes on with something that is under way: does not wait for a free place at the host. */
  readonly urgent?: boolean
}

/** Keeps the request's place at its host beyond `receive`, for a body that is read later. @returns gives it back */
export type KeepPlace = () => () => void

export interface SessionParts {
  readonly wire: Wire
  readonly policy: RetryPolicy
  readonly credentials: Credentials
  readonly authorizer: Authorizer
  /** The same for both sides, where source and target are one host. */
  readonly pace: HostPace
  readonly bandwidth?: Bandwidth | undefined
  /** Ends shared work when the client closes. */
  readonly lifetime: AbortSignal
  /** Told what the registry says of itself before any other request is made. */
  readonly onContact?: (headers: Answer['headers']) => void
}

/** How storage answers a signed address whose time is over: S3 with 400 or 403, others with 401 or 410. */
const RAN_OUT: ReadonlySet<number> = new Set([400, 401, 403, 410])
/** How long a registry that could not be reached is taken to be away, milliseconds. */
const AWAY_FOR = 30_000

export class HostSession {
  readonly host: string
  readonly facts: HostFacts = noFacts()
  readonly policy: RetryPolicy
  readonly #options: ContactOptions
  readonly #parts: SessionParts
  #contact: Promise<Contact> | undefined
  #failedAt: number | undefined

  constructor(options: ContactOptions, parts: SessionParts) {
    this.host = options.host
    this.policy = { ...parts.policy, taken: () => parts.pace.taken }
    this.#options = options
    this.#parts = parts
  }

  /** Whether it could not be used a moment ago, so that another endpoint is the better choice. */
  get isAway(): boolean {
    return this.#failedAt !== undefined && this.policy.clock.now() - this.#failedAt < AWAY_FOR
  }

  /** The limit on the bytes of blobs, where there is one. */
  get bandwidth(): Bandwidth | undefined {
    return this.#parts.bandwidth
  }

  /** Whether what is allowed depends on the scopes that are asked for. */
  get usesTokens(): boolean {
    return this.#parts.authorizer.usesTokens
  }

  /** @throws RegistryError when the registry cannot be reached; asked again only after a while. */
  contact(signal: AbortSignal): Promise<Contact> {
    if (this.#contact === undefined || (this.#failedAt !== undefined && !this.isAway)) {
      this.#failedAt = undefined
      this.#contact = this.#makeContact()
    }
    return untilAborted(this.#contact, signal)
  }

  /**
   * Sends a request and hands the wanted answer to `receive`, which reads or discards its body.
   *
   * @throws RegistryError, GuardError before anything is sent, CredentialError, whatever `receive` throws
   */
  async request<T>(
    request: ApiRequest,
    signal: AbortSignal,
    receive: (answer: Answer, keep: KeepPlace) => Promise<T>,
  ): Promise<T> {
    this.#parts.wire.guard.check(request.method, request.intent ?? { kind: 'read' })
    const retries = request.stream === undefined ? (request.retries ?? this.policy.retries) : 0
    try {
      const contact = await this.contact(signal)
      const attempt = () => this.#attempt(contact, request, signal, receive)
      return await retrying({ ...this.policy, retries }, signal, attempt, isRetryableOrDamaged)
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error
      if (error.retryable && request.stream === undefined) this.#failedAt ??= this.policy.clock.now()
      throw error.about(request.operation)
    }
  }

  /** What an error of a connection to this registry means. */
  connectionFault(error: unknown): Fault {
    return connectionFault(error, this.#options)
  }

  async #makeContact(): Promise<Contact> {
    const { wire, lifetime, authorizer } = this.#parts
    try {
      const contact = await retrying(this.policy, lifetime, () => makeContact(wire, this.#options, lifetime))
      authorizer.learn(contact.challenges)
      this.#parts.onContact?.(contact.headers)
      return contact
    } catch (error) {
      this.#failedAt = this.policy.clock.now()
      throw error
    }
  }

  async #attempt<T>(
    contact: Contact,
    request: ApiRequest,
    signal: AbortSignal,
    receive: (answer: Answer, keep: KeepPlace) => Promise<T>,
  ): Promise<T> {
    const url = new URL(request.path, contact.base)
    const ours = url.origin === contact.base.origin
    const { authorizer, pace } = this.#parts
    const action = actionClassOf(request.method, url.pathname, request.intent)
    const passage = await pace.enter(action, signal, request.urgent)
    let kept = false
    const keep = () => {
      kept = true
      return passage.leave
    }
    try {
      let sent = ours ? await this.#authorize(request, signal) : undefined
      let answer = await this.#send(url, request, sent, passage, action, signal)
      const mayRenew = request.login !== 'basic' && answer.url.origin === contact.base.origin
      if (answer.status === 401 && mayRenew) {
        const challenges = parseChallenges(answer.headers['www-authenticate'])
        const renewed = await authorizer.renew(sent, challenges, request.scopes, signal)
        if (renewed !== undefined && request.stream !== undefined) throw await this.#tokenRanOut(answer)
        if (renewed !== undefined) {
          await discard(answer)
          sent = renewed
          await passage.again(signal)
          answer = await this.#send(url, request, sent, passage, action, signal)
        }
      }
      if (request.wanted(answer.status)) return await receive(answer, keep)
      throw await this.#refusal(answer, request, sent, answer.url.origin === contact.base.origin)
    } catch (error) {
      signal.throwIfAborted()
      if (!isConnectionError(error)) throw error
      passage.failed(codeOf(error))
      const host = ours ? this.host : url.host
      throw new RegistryError(connectionFault(error, { ...this.#options, host }))
    } finally {
      if (!kept) passage.leave()
    }
  }

  #authorize({ login, scopes }: ApiRequest, signal: AbortSignal): Promise<Authorization | undefined> {
    const { authorizer } = this.#parts
    return login === 'basic' ? authorizer.basic(scopes) : authorizer.authorize(scopes, signal)
  }

  async #send(
    url: URL,
    request: ApiRequest,
    authorization: Authorization | undefined,
    passage: Passage,
    action: ActionClass,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { wire, bandwidth } = this.#parts
    const limited = action === 'write blob' ? bandwidth : undefined
    if (request.body !== undefined) await limited?.sending(request.body.length, signal)
    const answer = await sendFollowing(
      wire,
      {
        method: request.method,
        url,
        intent: request.intent ?? { kind: 'read' },
        headers: { ...request.headers, ...(authorization && { authorization: authorization.header }) },
        body:
          request.stream === undefined
            ? request.body
            : (limited?.sent(request.stream, signal) ?? request.stream),
        insecure: this.#options.insecure,
      },
      signal,
    )
    passage.answered(answer.status, answer.headers)
    return answer
  }

  /** The body is spent, so whoever made it has to start again; a new token is at hand by then. */
  async #tokenRanOut(answer: Answer): Promise<RegistryError> {
    return new RegistryError({ ...(await answerFault(answer, this.host)), retryable: true })
  }

  async #refusal(
    answer: Answer,
    request: ApiRequest,
    sent: Authorization | undefined,
    ours: boolean,
  ): Promise<RegistryError> {
    const fault = await answerFault(answer, ours ? this.host : answer.url.host)
    // A signed address that has run out is made anew by asking the registry again.
    if (!ours)
      return new RegistryError({ ...fault, retryable: fault.retryable || RAN_OUT.has(answer.status) })
    return new RegistryError(
      refusalOf(fault, {
        host: this.host,
        scopes: request.scopes,
        sent,
        credentials: this.#parts.credentials,
      }),
    )
  }
}

/** Errors of undici and of sockets carry a code; mistakes in this program do not. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && !('hint' in error) && codeOf(error) !== undefined
}

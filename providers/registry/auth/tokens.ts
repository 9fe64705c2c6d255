/**
 * Exchanges credentials for bearer tokens and keeps them: one for each repository and set of actions, shared by all
 * requests that need it at the same time, replaced shortly before it expires.
 *
 * Distribution's token specification (GET with Basic) and, for identity tokens, its OAuth2 variant (POST with the
 * refresh grant). Never asks for an offline token.
 */
import { isRecord, stringOrUndefined } from '../../../lib/oci/json.ts'
import { answerFault } from '../http/answer-fault.ts'
import { readAtMost } from '../http/body.ts'
import { connectionFault } from '../http/connection-fault.ts'
import { RegistryError } from '../http/registry-error.ts'
import { type RetryPolicy, retrying } from '../http/retry.ts'
import { SingleFlight } from '../http/single-flight.ts'
import type { Answer, Wire } from '../http/wire.ts'
import type { Challenge } from './challenge.ts'
import type { FoundLogin } from './login.ts'
import { Secret } from './secret.ts'

export interface TokenHost {
  /** `quay.io`: for messages */
  readonly host: string
  readonly insecure: boolean
  readonly verifyFlag: '--src-tls-verify' | '--dest-tls-verify'
}

export interface TokenRequest {
  readonly challenge: Challenge
  /** `repository:a/b:pull`; none for access to the registry as such */
  readonly scopes: readonly string[]
  readonly found: FoundLogin | undefined
}

interface Token {
  readonly value: Secret
  /** by the clock, milliseconds */
  readonly staleAt: number
}

/** Lifetime of a token whose endpoint does not tell, seconds (distribution's token specification). */
const DEFAULT_LIFETIME = 60
/** A token is replaced this long before its end, or a tenth of its life before, whichever is shorter; milliseconds. */
const MARGIN = 30_000
const MAX_TOKEN_BYTES = 1024 * 1024
const CLIENT_ID = 'mirrorform'

export class Tokens {
  readonly #wire: Wire
  readonly #policy: RetryPolicy
  readonly #host: TokenHost
  readonly #lifetime: AbortSignal
  readonly #kept = new Map<string, Token>()
  readonly #flights = new SingleFlight<Token>()
  /** Identity tokens that the endpoint replaced, by the one of the credential file (RFC 6749 section 6). */
  readonly #replaced = new Map<Secret, Secret>()

  /** @param lifetime ends exchanges that nobody waits for any more */
  constructor(wire: Wire, policy: RetryPolicy, host: TokenHost, lifetime: AbortSignal) {
    this.#wire = wire
    this.#policy = policy
    this.#host = host
    this.#lifetime = lifetime
  }

  /** A token for these scopes that is still good, without asking anybody. */
  kept(scopes: readonly string[]): Secret | undefined {
    const token = this.#kept.get(keyOf(scopes))
    return token !== undefined && token.staleAt > this.#policy.clock.now() ? token.value : undefined
  }

  /** @throws RegistryError when the endpoint refuses or cannot be reached. */
  async get(request: TokenRequest, signal: AbortSignal): Promise<Secret> {
    const kept = this.kept(request.scopes)
    if (kept !== undefined) return kept
    const key = keyOf(request.scopes)
    const token = await this.#flights.run(key, signal, async () => {
      const fresh = await retrying(this.#policy, this.#lifetime, () => this.#exchange(request))
      // Deleted first, so that the map has its tokens in the order of their issue.
      this.#kept.delete(key)
      this.#kept.set(key, fresh)
      return fresh
    })
    return token.value
  }

  /** Drops a token that the registry did not accept, and those for the same repository that are older still. */
  forget(value: Secret): void {
    const refused = [...this.#kept].find(([, token]) => token.value === value)
    if (refused === undefined) return
    for (const [key, token] of this.#kept) {
      if (repositoryOf(key) === repositoryOf(refused[0])) this.#kept.delete(key)
      if (token === refused[1]) return
    }
  }

  async #exchange(request: TokenRequest): Promise<Token> {
    const realm = this.#realmOf(request)
    const asked = this.#policy.clock.now()
    const answer = await this.#ask(realm, request)
    if (answer.status !== 200) throw await this.#refused(answer, realm, request)
    const json = await readJson(answer)
    this.#replace(request.found, stringOrUndefined(json?.refresh_token))
    const value = stringOrUndefined(json?.token) || stringOrUndefined(json?.access_token)
    if (!value) throw new RegistryError({ detail: `${realm.host} answered without a token` })
    const stated = typeof json?.expires_in === 'number' ? json.expires_in : DEFAULT_LIFETIME
    const life = Math.max(stated, 1) * 1000
    return { value: new Secret(value), staleAt: asked + life - Math.min(MARGIN, life / 10) }
  }

  #realmOf({ challenge, found }: TokenRequest): URL {
    const text = challenge.parameters.realm ?? ''
    if (!URL.canParse(text))
      throw new RegistryError({ detail: `${this.#host.host} names no usable token endpoint: "${text}"` })
    const realm = new URL(text)
    if (realm.protocol === 'http:' && !this.#host.insecure && found !== undefined)
      throw new RegistryError({
        detail: `${this.#host.host} sends logins to ${realm.origin}, which is not encrypted`,
        hint: `have its token endpoint served over HTTPS, or pass ${this.#host.verifyFlag}=false to send credentials in the clear`,
      })
    return realm
  }

  async #ask(realm: URL, request: TokenRequest): Promise<Answer> {
    const { insecure, verifyFlag } = this.#host
    const shared = { intent: { kind: 'login' }, insecure } as const
    try {
      return await this.#wire.send(
        request.found?.login.kind === 'identity-token'
          ? { ...shared, ...refreshGrant(realm, request, this.#newest(request.found.login.token)) }
          : { ...shared, ...basicGrant(realm, request) },
        this.#lifetime,
      )
    } catch (cause) {
      throw new RegistryError(connectionFault(cause, { host: realm.host, verifyFlag }))
    }
  }

  #newest(token: Secret): Secret {
    return this.#replaced.get(token) ?? token
  }

  #replace(found: FoundLogin | undefined, replacement: string | undefined): void {
    if (found?.login.kind === 'identity-token' && replacement)
      this.#replaced.set(found.login.token, new Secret(replacement))
  }

  async #refused(answer: Answer, realm: URL, { scopes, found }: TokenRequest): Promise<RegistryError> {
    const fault = await answerFault(answer, realm.host)
    const login = found === undefined ? 'an anonymous login' : `the login from ${found.origin}`
    const asked = scopes.length === 0 ? '' : ` for ${scopes.join(' and ')}`
    if (answer.status !== 400 && answer.status !== 401 && answer.status !== 403)
      return new RegistryError(fault)
    if (found?.login.kind === 'identity-token') this.#replaced.delete(found.login.token)
    return new RegistryError({
      ...fault,
      detail: `${this.#host.host} refused ${login}${asked}: ${fault.detail}`,
      hint:
        found === undefined
          ? `there is no login for ${this.#host.host}; log in, for example with: skopeo login ${this.#host.host}`
          : `check the user and password in ${found.origin}`,
    })
  }
}

type Grant = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

function basicGrant(realm: URL, { challenge, scopes, found }: TokenRequest): Grant {
  const url = new URL(realm)
  if (challenge.parameters.service !== undefined)
    url.searchParams.set('service', challenge.parameters.service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const login = found?.login
  if (login?.kind !== 'password') return { method: 'GET', url, headers: {} }
  url.searchParams.set('account', login.username)
  return { method: 'GET', url, headers: { authorization: basic(login.username, login.password) } }
}

function refreshGrant(realm: URL, { challenge, scopes }: TokenRequest, token: Secret): Grant {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID })
  if (challenge.parameters.service !== undefined) form.set('service', challenge.parameters.service)
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  form.set('refresh_token', token.reveal())
  return {
    method: 'POST',
    url: realm,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  }
}

/** The value of an `Authorization` header (RFC 7617). */
export function basic(username: string, password: Secret): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`
}

async function readJson(answer: Answer): Promise<Record<string, unknown> | undefined> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(await readAtMost(answer, MAX_TOKEN_BYTES)))
    return isRecord(json) ? json : undefined
  } catch {
    return undefined
  }
}

function keyOf(scopes: readonly string[]): string {
  return scopes.join(' ')
}

/** `repository:a/b:pull,push` and `repository:a/b:pull` are for the same one; a mount's is that which it fills. */
function repositoryOf(key: string): string {
  const [first = ''] = key.split(' ')
  return first.slice(0, first.lastIndexOf(':'))
}

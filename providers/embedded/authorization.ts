/**
 * Who may do what: HTTP Basic (RFC 7617), or bearer tokens from an endpoint of our own, as the distribution project
 * specifies it ("Token Authentication Specification"). Tokens live in memory only. Every user may do everything; who
 * is not a user may pull, where the options say so.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import { Problem } from './problem.ts'
import type { RegistryAuth } from './registry-server.ts'

export type Access = 'pull' | 'push' | 'delete'

/** What a request needs: an action on a repository, on the catalog, or only to be known. */
export type Need =
  | { readonly kind: 'repository'; readonly repository: RepositoryPath; readonly access: Access }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'nothing' }

interface Token {
  readonly expires: number
  /** `repository:acme/app` → actions */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>
}

export const SERVICE = 'mirrorform'
const DEFAULT_LIFETIME = 300

export class Authorization {
  readonly #auth: RegistryAuth
  readonly #now: () => number
  readonly #tokens = new Map<string, Token>()

  constructor(auth: RegistryAuth, now: () => number) {
    this.#auth = auth
    this.#now = now
  }

  /**
   * @param origin of the server as the client reaches it, for the realm of the challenge
   * @throws Problem 401 with a challenge
   */
  check(header: string | undefined, need: Need, origin: string): void {
    if (!this.allows(header, need)) throw this.#challenge(header, need, origin)
  }

  allows(header: string | undefined, need: Need): boolean {
    if (this.#auth.scheme === 'basic') {
      if (header === undefined && need.kind === 'repository' && need.access === 'pull')
        return this.#auth.anonymousPull === true
      return this.#knows(header)
    }
    const token = this.#tokens.get(header?.replace(/^Bearer /i, '') ?? '')
    if (token === undefined || token.expires <= this.#now()) return false
    const [resource, action] = neededScope(need)
    if (resource === undefined) return true
    const granted = token.grants.get(resource)
    return granted !== undefined && (granted.has(action) || granted.has('*'))
  }

  /**
   * Answers the token endpoint.
   *
   * @param query of a GET, or the form of a POST (`grant_type=password`)
   * @throws Problem 401 when the user is unknown, 400 when another service is asked for
   */
  issue(header: string | undefined, query: URLSearchParams): Readonly<Record<string, unknown>> {
    if (query.get('service') !== SERVICE)
      throw new Problem('UNKNOWN', `this endpoint gives tokens for the service ${SERVICE} only`, {
        status: 400,
      })
    const user = query.get('grant_type') === 'password' ? formCredentials(query) : header
    const known = this.#knows(user)
    if (!known && (user !== undefined || this.#auth.anonymousPull !== true))
      throw new Problem('UNAUTHORIZED', 'user or password is wrong', {
        headers: { 'www-authenticate': `Basic realm="${SERVICE}"` },
      })
    const lifetime = this.#auth.tokenLifetime ?? DEFAULT_LIFETIME
    const token = randomBytes(32).toString('base64url')
    this.#forgetExpired()
    this.#tokens.set(token, {
      expires: this.#now() + lifetime * 1000,
      grants: grantsOf(query.getAll('scope'), known),
    })
    return {
      token,
      access_token: token,
      expires_in: lifetime,
      issued_at: new Date(this.#now()).toISOString(),
    }
  }

  revokeAll(): void {
    this.#tokens.clear()
  }

  #knows(header: string | undefined): boolean {
    const encoded = /^Basic +(.+)$/i.exec(header ?? '')?.[1]
    if (encoded === undefined) return false
    const text = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    const user = text.slice(0, Math.max(colon, 0))
    const password = Object.hasOwn(this.#auth.users, user) ? this.#auth.users[user] : undefined
    return password !== undefined && equalSecrets(password, text.slice(colon + 1))
  }

  #challenge(header: string | undefined, need: Need, origin: string): Problem {
    if (this.#auth.scheme === 'basic')
      return new Problem('UNAUTHORIZED', 'authentication is required', {
        headers: { 'www-authenticate': `Basic realm="${SERVICE}"` },
      })
    const scope = challengeScope(need)
    const token = this.#tokens.get(header?.replace(/^Bearer /i, '') ?? '')
    const valid = token !== undefined && token.expires > this.#now()
    const parts = [
      `realm="${origin}/token"`,
      `service="${SERVICE}"`,
      ...(scope === undefined ? [] : [`scope="${scope}"`]),
      ...(header === undefined ? [] : [`error="${valid ? 'insufficient_scope' : 'invalid_token'}"`]),
    ]
    return new Problem('UNAUTHORIZED', 'authentication is required', {
      headers: { 'www-authenticate': `Bearer ${parts.join(',')}` },
    })
  }

  #forgetExpired(): void {
    for (const [token, { expires }] of this.#tokens) if (expires <= this.#now()) this.#tokens.delete(token)
  }
}

function neededScope(need: Need): readonly [resource: string | undefined, action: string] {
  if (need.kind === 'nothing') return [undefined, '']
  return need.kind === 'catalog' ? ['registry:catalog', '*'] : [`repository:${need.repository}`, need.access]
}

/** What a client should ask for; a push needs pull too, because it looks before it sends. */
function challengeScope(need: Need): string | undefined {
  const [resource, action] = neededScope(need)
  return resource && `${resource}:${action === 'push' ? 'pull,push' : action}`
}

/** `repository:a/b:pull,push repository:c:pull` → resource → actions. Strangers get no more than pull. */
function grantsOf(scopes: readonly string[], known: boolean): ReadonlyMap<string, ReadonlySet<string>> {
  const grants = new Map<string, Set<string>>()
  for (const scope of scopes.flatMap(text => text.split(' '))) {
    const colon = scope.lastIndexOf(':')
    if (colon < 0) continue
    const resource = scope.slice(0, colon)
    const actions = grants.get(resource) ?? new Set<string>()
    for (const action of scope.slice(colon + 1).split(','))
      if (known || (action === 'pull' && resource.startsWith('repository:'))) actions.add(action)
    grants.set(resource, actions)
  }
  return grants
}

function formCredentials(form: URLSearchParams): string {
  const pair = `${form.get('username') ?? ''}:${form.get('password') ?? ''}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Takes the same time whatever the difference. */
function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [a, b].map(text => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

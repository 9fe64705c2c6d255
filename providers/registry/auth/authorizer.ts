/**
 * Decides what `Authorization` a request to one registry carries: nothing where the registry asks for nothing, Basic,
 * or a bearer token for the repository and actions of the request.
 */
import { RegistryError } from '../http/registry-error.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { FoundLogin } from './login.ts'
import { formatScope, formatScopes, PULL, PUSH, type Scopes } from './scope.ts'
import type { Secret } from './secret.ts'
import { basic, type TokenRequest, type Tokens } from './tokens.ts'

export interface Authorization {
  readonly header: string
  /** The bearer token in it, to be forgotten when it is refused. */
  readonly token?: Secret
  readonly found: FoundLogin | undefined
}

export class Authorizer {
  readonly #host: string
  readonly #credentials: Credentials
  readonly #tokens: Tokens
  #challenge: Challenge | undefined

  constructor(host: string, credentials: Credentials, tokens: Tokens) {
    this.#host = host
    this.#credentials = credentials
    this.#tokens = tokens
  }

  /** Remembers how the registry wants to be logged in to; the first answer that says so is as good as any. */
  learn(challenges: readonly Challenge[]): void {
    this.#challenge =
      challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.realm !== undefined) ??
      challenges.find(({ scheme }) => scheme === 'basic') ??
      this.#challenge ??
      challenges[0]
  }

  /** Whether what a login may do depends on the scopes it asks for. */
  get usesTokens(): boolean {
    return this.#challenge?.scheme === 'bearer'
  }

  /** @throws RegistryError when a token is refused, CredentialError when a helper fails. */
  async authorize(scopes: Scopes, signal: AbortSignal): Promise<Authorization | undefined> {
    if (this.#challenge === undefined) return undefined
    return this.#answer(this.#challenge, formatScopes(scopes), scopes, signal)
  }

  /** User and password as they are, where there are any: for what a product serves beside the registry. */
  async basic(scopes: Scopes): Promise<Authorization | undefined> {
    const found = await this.loginFor(scopes[0]?.repository)
    if (found?.login.kind !== 'password') return undefined
    return { header: basic(found.login.username, found.login.password), found }
  }

  /**
   * What to send after a 401, or undefined when there is nothing better than what was sent.
   *
   * A refused token is replaced once by a new one, for the scope that the registry names now if it names one. Some
   * registries only say on `/v2/` how to log in, so what was learnt there holds where a 401 says nothing.
   */
  async renew(
    refused: Authorization | undefined,
    challenges: readonly Challenge[],
    scopes: Scopes,
    signal: AbortSignal,
  ): Promise<Authorization | undefined> {
    this.learn(challenges)
    // A registry that never says how it wants to be logged in to is offered Basic.
    const challenge = this.#challenge ?? { scheme: 'basic', parameters: {} }
    if (refused !== undefined && refused.token === undefined) return this.#newerBasic(refused, scopes)
    if (refused?.token !== undefined) this.#tokens.forget(refused.token)
    if (refused?.found?.login.kind === 'registry-token') return undefined
    const named = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters.scope
    const asked =
      refused === undefined || named === undefined || named === '' ? formatScopes(scopes) : [named]
    return this.#answer(challenge, asked, scopes, signal)
  }

  /** Which login would be used for a repository, for hints. */
  async loginFor(repository: string | undefined): Promise<FoundLogin | undefined> {
    return this.#credentials.find(this.#nameOf(repository))
  }

  #nameOf(repository: string | undefined): string {
    return repository === undefined ? this.#host : `${this.#host}/${repository}`
  }

  async #answer(
    challenge: Challenge,
    asked: readonly string[],
    scopes: Scopes,
    signal: AbortSignal,
  ): Promise<Authorization | undefined> {
    const found = await this.loginFor(scopes[0]?.repository)
    if (found?.login.kind === 'registry-token')
      return { header: `Bearer ${found.login.token.reveal()}`, token: found.login.token, found }
    switch (challenge.scheme) {
      case 'basic': {
        if (found === undefined) return undefined
        if (found.login.kind === 'password')
          return { header: basic(found.login.username, found.login.password), found }
        throw new RegistryError({
          detail: `${this.#host} wants a user and password, but ${found.origin} has an identity token`,
          hint: `log in again, for example with: skopeo login ${this.#host}`,
        })
      }
      case 'bearer': {
        const token =
          this.#wider(asked, scopes) ??
          (await this.#exchange({ challenge, scopes: asked, found }, scopes, signal))
        return { header: `Bearer ${token.reveal()}`, token, found }
      }
      default:
        throw new RegistryError({
          detail: `${this.#host} wants to be logged in to by "${challenge.scheme}", which mirrorform does not speak`,
          hint: 'registries are logged in to with Basic or Bearer authentication; is there a proxy in between?',
        })
    }
  }

  /** A helper's password may have run out. */
  async #newerBasic({ found }: Authorization, scopes: Scopes): Promise<Authorization | undefined> {
    const newer = found && (await this.#credentials.renew(this.#nameOf(scopes[0]?.repository), found))
    if (newer?.login.kind !== 'password') return undefined
    return { header: basic(newer.login.username, newer.login.password), found: newer }
  }

  async #exchange(request: TokenRequest, scopes: Scopes, signal: AbortSignal): Promise<Secret> {
    try {
      return await this.#tokens.get(request, signal)
    } catch (error) {
      const isRefused = error instanceof RegistryError && (error.status === 401 || error.status === 403)
      if (!isRefused || request.found === undefined) throw error
      const newer = await this.#credentials.renew(this.#nameOf(scopes[0]?.repository), request.found)
      if (newer === undefined) throw error
      return this.#tokens.get({ ...request, found: newer }, signal)
    }
  }

  /** A token at hand that also allows pushing serves for reading. */
  #wider(asked: readonly string[], scopes: Scopes): Secret | undefined {
    const [only, ...rest] = scopes
    if (only === undefined || rest.length > 0 || only.actions !== PULL || asked[0] !== formatScope(only))
      return undefined
    return this.#tokens.kept([formatScope({ ...only, actions: PUSH })])
  }
}

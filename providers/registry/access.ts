/**
 * Wires the registry client: reads the files that say how registries are reached and logged in to, and hands out
 * sources and the target. One session for each host, side and trust, so that what one request learnt serves the next.
 */
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { type RepositoryPath, repositoryName } from '../../lib/oci/reference.ts'
import type { ImageSource, RepositoryReader } from '../../lib/provider.ts'
import { formatTarget, type TargetAddress } from '../../lib/target.ts'
import { Authorizer } from './auth/authorizer.ts'
import { Credentials, readCredentialFiles } from './auth/credentials.ts'
import { Tokens } from './auth/tokens.ts'
import { loadRegistriesConf } from './conf/conf-files.ts'
import { destinationRules, endpointsFor } from './conf/endpoints.ts'
import { Connections } from './http/connections.ts'
import type { ContactOptions } from './http/contact.ts'
import { MutationGuard } from './http/guard.ts'
import { type RetryPolicy, SYSTEM_CLOCK } from './http/retry.ts'
import { HostSession } from './http/session.ts'
import { TrustStore } from './http/trust.ts'
import { Wire } from './http/wire.ts'
import type { RegistryAccess, RegistryOptions } from './options.ts'
import { SourceRepository } from './read/source-repository.ts'
import { RegistryTarget } from './write/target.ts'

const DEFAULT_RETRIES = 5
const DEFAULT_RETRY_DELAY = 1000

/** @throws CredentialError, RegistriesConfError when a file that is there, or was named, cannot be used. */
export async function openRegistries(options: RegistryOptions): Promise<RegistryAccess> {
  const conf = await loadRegistriesConf(options)
  const credentials = new Credentials(await readCredentialFiles(options), options.env, conf.credentialHelpers)
  const connections = connectionsFor(options)
  const sessions = new Sessions(options, connections, credentials)
  const readers = new Map<string, RepositoryReader>()

  function open(source: ImageSource): RepositoryReader {
    if (source.kind !== 'registry') throw new PlaceError(`an image in a ${source.kind} is not in a registry`)
    const name = repositoryName(source.reference)
    const known = readers.get(name)
    if (known !== undefined) return known
    const reader = new SourceRepository(name, {
      endpointsFor: reference => endpointsFor(conf, name, reference),
      at: ({ host, path, insecure }) => ({ session: sessions.ofSource(host, insecure), path, name }),
    })
    readers.set(name, reader)
    return reader
  }

  function target(address: TargetAddress): RegistryTarget {
    if (address.kind !== 'registry') throw new PlaceError(`${formatTarget(address)} is not a registry`)
    const { host, prefix } = address
    if (prefix !== '') destinationRules(conf, `${host}/${prefix}`)
    return new RegistryTarget(address, (path: RepositoryPath) => {
      const name = `${host}/${path}`
      return { session: sessions.ofTarget(host, destinationRules(conf, name).insecure), path, name }
    })
  }

  return {
    sources: { open },
    target,
    close: async () => {
      sessions.end()
      await connections.close()
    },
  }
}

function connectionsFor({ env, home, certsDirs, timeouts }: RegistryOptions): Connections {
  const standard = [
    path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ]
  return new Connections(new TrustStore(certsDirs ?? standard), env, timeouts)
}

class Sessions {
  readonly #options: RegistryOptions
  readonly #credentials: Credentials
  readonly #wire: Wire
  readonly #policy: RetryPolicy
  readonly #end = new AbortController()
  readonly #sessions = new Map<string, HostSession>()

  constructor(options: RegistryOptions, connections: Connections, credentials: Credentials) {
    const clock = options.clock ?? SYSTEM_CLOCK
    this.#options = options
    this.#credentials = credentials
    this.#policy = {
      retries: options.retries ?? DEFAULT_RETRIES,
      delay: options.retryDelay ?? DEFAULT_RETRY_DELAY,
      clock,
    }
    this.#wire = new Wire({
      connections,
      clock,
      guard: new MutationGuard(options.target),
      userAgent: options.userAgent,
      headersTimeout: options.timeouts?.headers,
      onRequest: options.onRequest,
    })
  }

  /** @param insecure as registries.conf says; the flag says it for all */
  ofSource(host: string, insecure: boolean): HostSession {
    return this.#open({
      host,
      insecure: insecure || this.#options.srcTlsVerify === false,
      verifyFlag: '--src-tls-verify',
    })
  }

  ofTarget(host: string, insecure: boolean): HostSession {
    return this.#open({
      host,
      insecure: insecure || this.#options.destTlsVerify === false,
      verifyFlag: '--dest-tls-verify',
    })
  }

  end(): void {
    this.#end.abort(new PlaceError('the registry client was closed'))
  }

  #open(contact: ContactOptions): HostSession {
    const key = `${contact.verifyFlag} ${contact.insecure} ${contact.host}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const parts = { wire: this.#wire, policy: this.#policy, credentials: this.#credentials }
    const tokens = new Tokens(this.#wire, this.#policy, contact, this.#end.signal)
    const authorizer = new Authorizer(contact.host, this.#credentials, tokens)
    const made = new HostSession(contact, { ...parts, authorizer, lifetime: this.#end.signal })
    this.#sessions.set(key, made)
    return made
  }
}

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
import { readAuthorities, TrustStore } from './http/trust.ts'
import { Wire } from './http/wire.ts'
import type { RegistryAccess, RegistryOptions } from './options.ts'
import { Bandwidth } from './pace/bandwidth.ts'
import { HostPace } from './pace/host-pace.ts'
import { confirmSoftware } from './profile/learnt.ts'
import { Profiles } from './profile/profiles.ts'
import { SourceRepository } from './read/source-repository.ts'
import { RegistryTarget } from './write/target.ts'

const DEFAULT_RETRIES = 5
const DEFAULT_RETRY_DELAY = 1000

/** @throws CredentialError, RegistriesConfError, CertificateError when a file that is there, or was named, cannot be used. */
export async function openRegistries(options: RegistryOptions): Promise<RegistryAccess> {
  const conf = await loadRegistriesConf(options)
  const connections = await connectionsFor(options)
  const profiles = await Profiles.load(options.profiles)
  const sessions = new Sessions(options, connections, {
    source: await credentialsFor(options, options.srcAuthFile, '--src-authfile', conf.credentialHelpers),
    target: await credentialsFor(options, options.destAuthFile, '--dest-authfile', conf.credentialHelpers),
    profiles,
  })
  const readers = new Map<string, RepositoryReader>()

  function open(source: ImageSource): RepositoryReader {
    if (source.kind !== 'registry') throw new PlaceError(`an image in a ${source.kind} is not in a registry`)
    const name = repositoryName(source.reference)
    const known = readers.get(name)
    if (known !== undefined) return known
    const isInsecure = options.insecureSources?.has(name) ?? false
    const reader = new SourceRepository(name, {
      endpointsFor: reference => endpointsFor(conf, name, reference),
      at: ({ host, path, insecure }) => ({
        session: sessions.ofSource(host, insecure || isInsecure),
        path,
        name,
      }),
    })
    readers.set(name, reader)
    return reader
  }

  function target(address: TargetAddress): RegistryTarget {
    if (address.kind !== 'registry') throw new PlaceError(`${formatTarget(address)} is not a registry`)
    const { host, prefix } = address
    if (prefix !== '') destinationRules(conf, `${host}/${prefix}`)
    const locate = (path: RepositoryPath) => {
      const name = `${host}/${path}`
      return { session: sessions.ofTarget(host, destinationRules(conf, name).insecure), path, name }
    }
    return new RegistryTarget(address, locate, names => sessions.guard.approveProjects(names))
  }

  return {
    sources: { open },
    target,
    close: async () => {
      sessions.end()
      await connections.close()
      await profiles.save()
    },
  }
}

async function credentialsFor(
  options: RegistryOptions,
  ofSide: string | undefined,
  flag: string,
  helpers: readonly string[],
): Promise<Credentials> {
  const places = ofSide === undefined ? options : { ...options, authFile: ofSide, authFileFlag: flag }
  return new Credentials(await readCredentialFiles(places), options.env, helpers)
}

/** @throws CertificateError */
async function connectionsFor(options: RegistryOptions): Promise<Connections> {
  const { env, home, certsDirs, authorityFile, timeouts } = options
  const standard = [
    path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ]
  const more = authorityFile === undefined ? [] : [await readAuthorities(authorityFile)]
  return new Connections(new TrustStore(certsDirs ?? standard, more), env, timeouts)
}

interface Known {
  readonly source: Credentials
  readonly target: Credentials
  readonly profiles: Profiles
}

class Sessions {
  readonly guard: MutationGuard
  readonly #options: RegistryOptions
  readonly #known: Known
  readonly #wire: Wire
  readonly #policy: RetryPolicy
  readonly #end = new AbortController()
  readonly #sessions = new Map<string, HostSession>()
  readonly #paces = new Map<string, HostPace>()
  readonly #bandwidth: Bandwidth | undefined

  constructor(options: RegistryOptions, connections: Connections, known: Known) {
    const clock = options.clock ?? SYSTEM_CLOCK
    this.#options = options
    this.#known = known
    this.guard = new MutationGuard(options.target)
    this.#policy = {
      retries: options.retries ?? DEFAULT_RETRIES,
      delay: options.retryDelay ?? DEFAULT_RETRY_DELAY,
      clock,
    }
    if (options.bandwidth !== undefined) this.#bandwidth = new Bandwidth(options.bandwidth, clock)
    this.#wire = new Wire({
      connections,
      clock,
      guard: this.guard,
      userAgent: options.userAgent,
      headersTimeout: options.timeouts?.headers,
      sendTimeout: options.timeouts?.sending,
      onRequest: options.onRequest,
    })
  }

  /** @param insecure as registries.conf says; the flag says it for all */
  ofSource(host: string, insecure: boolean): HostSession {
    return this.#open('source', {
      host,
      insecure: insecure || this.#options.srcTlsVerify === false,
      verifyFlag: '--src-tls-verify',
    })
  }

  ofTarget(host: string, insecure: boolean): HostSession {
    return this.#open('target', {
      host,
      insecure: insecure || this.#options.destTlsVerify === false,
      verifyFlag: '--dest-tls-verify',
    })
  }

  end(): void {
    this.#end.abort(new PlaceError('the registry client was closed'))
  }

  #paceOf(host: string): HostPace {
    const { clock } = this.#policy
    const { maxRequestsPerSecond } = this.#options
    const pace = this.#paces.get(host) ?? new HostPace(host, { clock, maxRequestsPerSecond })
    this.#paces.set(host, pace)
    return pace
  }

  #open(side: 'source' | 'target', contact: ContactOptions): HostSession {
    const key = `${contact.verifyFlag} ${contact.insecure} ${contact.host}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const { [side]: credentials, profiles } = this.#known
    const parts = { wire: this.#wire, policy: this.#policy, credentials }
    const tokens = new Tokens(this.#wire, this.#policy, contact, this.#end.signal)
    const authorizer = new Authorizer(contact.host, credentials, tokens)
    const pace = this.#paceOf(contact.host)
    const made: HostSession = new HostSession(contact, {
      ...parts,
      authorizer,
      pace,
      bandwidth: this.#bandwidth,
      lifetime: this.#end.signal,
      onContact: headers => confirmSoftware(made.facts, contact.host, headers),
    })
    profiles.begin(made.facts, contact.host, side)
    this.#sessions.set(key, made)
    return made
  }
}

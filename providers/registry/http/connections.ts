/**
 * Keeps the connections: one undici dispatcher for each origin and way of trusting it, with several HTTP/1.1
 * connections each, since one TCP connection is slow on long fat links and HTTP/2 would put everything on one.
 */
import type { Dispatcher } from 'undici'
import type { Timeouts } from '../options.ts'
import { proxyFor } from './proxy.ts'
import type { TrustStore } from './trust.ts'

/** Enough to fill a fast link with many small blobs, few enough for a registry's connection limit. */
const CONNECTIONS_PER_ORIGIN = 32
const DEFAULT_CONNECT_TIMEOUT = 10_000
/** A registry may verify or move a whole layer before it answers the end of an upload. */
const DEFAULT_HEADERS_TIMEOUT = 300_000
const DEFAULT_BODY_TIMEOUT = 60_000
/** Bytes a socket takes in before it asks to wait: a few reads of the source, so that both ends stay busy. */
const SOCKET: { readonly highWaterMark: number } = { highWaterMark: 512 * 1024 }

export class Connections {
  readonly #trust: TrustStore
  readonly #env: NodeJS.ProcessEnv
  readonly #timeouts: Timeouts
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>()

  constructor(trust: TrustStore, env: NodeJS.ProcessEnv, timeouts: Timeouts = {}) {
    this.#trust = trust
    this.#env = env
    this.#timeouts = timeouts
  }

  /** @param insecure takes any certificate. @throws CertificateError */
  dispatcherFor(url: URL, insecure: boolean): Promise<Dispatcher> {
    const key = `${insecure ? 'insecure ' : ''}${url.origin}`
    const known = this.#dispatchers.get(key)
    if (known !== undefined) return known
    const made = this.#make(url, insecure)
    this.#dispatchers.set(key, made)
    return made
  }

  /** Ends idle and busy connections alike. */
  async close(): Promise<void> {
    const made = [...this.#dispatchers.values()]
    this.#dispatchers.clear()
    for (const dispatcher of await Promise.allSettled(made))
      if (dispatcher.status === 'fulfilled') await dispatcher.value.destroy()
  }

  async #make(url: URL, insecure: boolean): Promise<Dispatcher> {
    const timeout = this.#timeouts.connect ?? DEFAULT_CONNECT_TIMEOUT
    const tls =
      url.protocol === 'https:'
        ? { secureContext: await this.#trust.contextFor(url.host), rejectUnauthorized: !insecure }
        : {}
    const shared = {
      connections: CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      headersTimeout: this.#timeouts.headers ?? DEFAULT_HEADERS_TIMEOUT,
      bodyTimeout: this.#timeouts.body ?? DEFAULT_BODY_TIMEOUT,
    }
    const proxy = proxyFor(url, this.#env)
    // Loaded with the first request: a plan by the state alone asks nobody, and undici takes a tenth of its time.
    const { Agent, ProxyAgent } = await import('./agents.ts')
    if (proxy === undefined) return new Agent({ ...shared, connect: { ...tls, ...SOCKET, timeout } })
    return new ProxyAgent({
      ...shared,
      uri: proxy,
      requestTls: { ...tls, timeout },
      proxyTls: { timeout },
      // Proxies let plain HTTP pass as requests to them, and tunnels only to the ports of HTTPS.
      proxyTunnel: url.protocol === 'https:',
    })
  }
}

/**
 * Reads documents that are not in a registry: update graphs, signatures of releases, graph data, charts. Proxies and
 * certificates are those of the registry client; what fails for a passing reason is asked for again.
 */
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import type { WebReader, WebRequest } from '../../lib/provider.ts'
import { Connections } from '../registry/http/connections.ts'
import { RegistryError } from '../registry/http/registry-error.ts'
import { retrying, SYSTEM_CLOCK } from '../registry/http/retry.ts'
import { TrustStore } from '../registry/http/trust.ts'
import { fetchDocument } from './fetch-document.ts'
import type { WebReaderOptions } from './options.ts'
import { readFileUrl } from './read-file-url.ts'
import { shownUrl } from './shown-url.ts'

const DEFAULT_RETRIES = 5
const DEFAULT_RETRY_DELAY = 1000
const DEFAULT_STALL_TIMEOUT = 30_000

export interface OpenWebReader extends WebReader {
  /** Ends idle and busy connections alike. */
  close(): Promise<void>
}

export function openWebReader(options: WebReaderOptions): OpenWebReader {
  const connections = connectionsFor(options)
  const reaching = {
    connections,
    insecure: options.srcTlsVerify === false,
    userAgent: options.userAgent ?? 'mirrorform',
  }
  const policy = {
    retries: options.retries ?? DEFAULT_RETRIES,
    delay: options.retryDelay ?? DEFAULT_RETRY_DELAY,
    clock: options.clock ?? SYSTEM_CLOCK,
  }

  async function get(
    text: string,
    request: WebRequest,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const url = parseUrl(text)
    const either = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal])
    either.throwIfAborted()
    if (url.protocol === 'file:') return readFileUrl(url, request.maxBytes)
    try {
      return await retrying(policy, either, () => fetchDocument(reaching, url, request, either))
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error
      throw new PlaceError(`cannot read ${shownUrl(url)}: ${error.message}`, error.fault)
    }
  }

  return { get, close: () => connections.close() }
}

function connectionsFor({ env, home, stallTimeout = DEFAULT_STALL_TIMEOUT }: WebReaderOptions): Connections {
  const config = env.XDG_CONFIG_HOME || (home === undefined ? undefined : path.join(home, '.config'))
  const own = config === undefined ? [] : [path.join(config, 'containers', 'certs.d')]
  const trust = new TrustStore([...own, '/etc/containers/certs.d', '/etc/docker/certs.d'])
  return new Connections(trust, env, { headers: stallTimeout, body: stallTimeout })
}

/** The text is not repeated where it cannot be read: it may hold a password. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && ['https:', 'http:', 'file:'].includes(url.protocol)) return url
  throw new PlaceError(
    url === undefined
      ? 'an address that was to be read is no URL'
      : `cannot read ${url.protocol}//${url.host}…: its scheme is not known`,
    { hint: 'write https://HOST/PATH, http://HOST/PATH or file:///FOLDER/FILE' },
  )
}

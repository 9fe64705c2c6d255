/** What went wrong while a document was read → a fault a person can act on, whose connection details the registry client knows. */
import { essenceOf } from '../../lib/oci/media-types.ts'
import { PASSING } from '../registry/http/answer-fault.ts'
import { codeOf, connectionFault } from '../registry/http/connection-fault.ts'
import type { Fault } from '../registry/http/registry-error.ts'
import { readRetryAfter } from '../registry/http/retry.ts'
import { type Answer, headerOf } from '../registry/http/wire.ts'

const PROXY_HINT = 'check the address, the network, and HTTPS_PROXY and NO_PROXY'
/** Hints of the registry client that would mislead here. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', PROXY_HINT],
  ['EPROTO', 'where plain HTTP is meant, write http://'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'where plain HTTP is meant, write http://'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'where plain HTTP is meant, write http://'],
])

/** The answer's body is not looked at: what servers of documents say there are web pages. */
export function statusFault(answer: Answer, host: string): Fault {
  const { status } = answer
  const server = headerOf(answer, 'server')
  return {
    status,
    detail: `${host} answered ${status}${server === undefined ? '' : ` (server: ${server})`}`,
    hint: hintFor(status, headerOf(answer, 'content-type')),
    retryable: PASSING.has(status),
    retryAfter: readRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date')),
  }
}

export function brokenFault(error: unknown, host: string): Fault {
  const fault = connectionFault(error, { host, verifyFlag: '--src-tls-verify' })
  const code = codeOf(error) ?? ''
  const hint = code.startsWith('HPE_') ? PROXY_HINT : (HINTS.get(code) ?? fault.hint ?? PROXY_HINT)
  return { ...fault, hint }
}

/** Errors of undici and of sockets carry a code; mistakes in this program do not. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && !('hint' in error) && codeOf(error) !== undefined
}

function hintFor(status: number, contentType: string | undefined): string {
  const isPage = essenceOf(contentType ?? '') === 'text/html'
  if (status === 401) return 'it wants a login: write it into the address, https://USER:PASSWORD@HOST/…'
  if (status === 403)
    return `it may not be read from here, with this login, or through this proxy${isPage ? ': open it in a browser to see why' : ''}`
  if (status === 407)
    return 'the proxy wants a login: write it into HTTPS_PROXY, http://USER:PASSWORD@PROXY:PORT'
  if (status === 429) return 'the server limits how much may be asked: try again later'
  if (status >= 500) return 'the server, or a proxy before it, is in trouble: try again later'
  return 'check the address'
}

/**
 * Turns the errors of sockets, DNS and TLS into faults a person can act on: a missing host, a refused connection, a
 * certificate nobody vouches for, a server that speaks no TLS, a connection that broke.
 */
import type { Fault } from './registry-error.ts'

export interface Contacted {
  /** `registry.example:5000` */
  readonly host: string
  /** The flag that turns verification off for this side. */
  readonly verifyFlag: '--src-tls-verify' | '--dest-tls-verify'
}

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
])
const NOT_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
])
const NEEDS_CLIENT_CERTIFICATE: ReadonlySet<string> = new Set([
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
])
const NO_ROUTE: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])
const BROKEN: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED'])
const STALLED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UPLOAD_STALLED',
])

/** The code of an error or of the first cause that has one. */
export function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0])
  }
  return undefined
}

export function connectionFault(cause: unknown, { host, verifyFlag }: Contacted): Fault {
  const code = codeOf(cause)
  const off = `pass ${verifyFlag}=false`
  if (code === undefined) return { cause, detail: `the request to ${host} failed: ${textOf(cause)}` }
  if (code === 'ENOTFOUND')
    return {
      cause,
      code,
      detail: `the host ${host} cannot be found`,
      hint: 'check its spelling and the name servers of this machine',
    }
  if (code === 'EAI_AGAIN')
    return {
      cause,
      code,
      retryable: true,
      detail: `the name servers did not answer for ${host}`,
      hint: 'check the name servers of this machine',
    }
  if (code === 'ECONNREFUSED')
    return {
      cause,
      code,
      retryable: true,
      detail: `${host} refused the connection`,
      hint: 'check that the registry runs and that the port is right',
    }
  if (UNKNOWN_AUTHORITY.has(code))
    return {
      cause,
      code,
      detail: `the certificate of ${host} is not signed by an authority this machine trusts (${code})`,
      hint: `put the authority's certificate into /etc/containers/certs.d/${host}/ca.crt, or ${off}`,
    }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      cause,
      code,
      detail: `the certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}`,
      hint: `renew it, check the clock of this machine, or ${off}`,
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      cause,
      code,
      detail: `the certificate of ${host} is for other names: ${textOf(cause)}`,
      hint: `use a name the certificate is for, or ${off}`,
    }
  if (NEEDS_CLIENT_CERTIFICATE.has(code))
    return {
      cause,
      code,
      detail: `${host} ended the TLS handshake (${code})`,
      hint: `it may ask for a client certificate: put client.cert and client.key into /etc/containers/certs.d/${host}/`,
    }
  if (NOT_TLS.has(code))
    return {
      cause,
      code,
      detail: `${host} does not speak HTTPS`,
      hint: `where plain HTTP is meant, ${off}`,
    }
  if (NO_ROUTE.has(code))
    return {
      cause,
      code,
      retryable: true,
      detail: `no connection to ${host} (${code})`,
      hint: 'check the network, the firewall, and HTTPS_PROXY and NO_PROXY',
    }
  if (STALLED.has(code))
    return { cause, code, retryable: true, detail: `${host} stopped answering: ${textOf(cause)}` }
  if (BROKEN.has(code))
    return { cause, code, retryable: true, detail: `${host} closed the connection (${textOf(cause)})` }
  if (code === 'UND_ERR_ABORTED' && /^Proxy response/.test(textOf(cause)))
    return {
      cause,
      code,
      detail: `the proxy did not let the connection to ${host} through: ${textOf(cause)}`,
      hint: 'check HTTPS_PROXY (user, password, port), and list hosts that need no proxy in NO_PROXY',
    }
  if (code.startsWith('HPE_'))
    return {
      cause,
      code,
      detail: `${host} does not speak HTTP (${code})`,
      hint: 'check that the port is that of the registry',
    }
  return { cause, code, detail: `the request to ${host} failed: ${textOf(cause)}` }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text === '' ? (codeOf(error) ?? 'no reason given') : text
}

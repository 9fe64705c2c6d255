/**
 * Turns an answer that was not wanted into a fault: the registry's error codes and messages from its JSON
 * (OCI distribution-spec 1.1, "Error Codes"), a web page where an API was expected, a proxy's own refusal.
 */
import { isRecord, stringOrUndefined } from '../../../lib/oci/json.ts'
import { essenceOf } from '../../../lib/oci/media-types.ts'
import { readAtMost } from './body.ts'
import type { Fault } from './registry-error.ts'
import { readRetryAfter } from './retry.ts'
import { type Answer, headerOf } from './wire.ts'

/** Bytes of an error's body that are worth reading. */
const MAX_ERROR_BYTES = 64 * 1024
/** Characters of a body that is no registry's JSON that are worth showing. */
const MAX_SNIPPET = 200

/** Answers for which the same request may work later (go-containerregistry's list; nginx's 499 and Cloudflare's 522). */
export const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 499, 500, 502, 503, 504, 522])

/** For content that was there when it was listed or planned. */
export const GONE_HINT = 'it is not there, or not any more: look at the registry, then plan again'

/** Reads the body; its connection is free afterwards. `host` is what the user knows the server by. */
export async function answerFault(answer: Answer, host: string): Promise<Fault> {
  const text = new TextDecoder().decode(
    await readAtMost(answer, MAX_ERROR_BYTES).catch(() => new Uint8Array()),
  )
  const stated = statedErrors(text)
  const code = stated.find(error => error.code !== '')?.code
  const server = headerOf(answer, 'server')
  const status = answer.status
  const words = stated.map(error => [error.code, error.message].filter(Boolean).join(': ')).join('; ')
  const said = words || (isWebPage(answer) ? 'with a web page' : snippetOf(text))
  const by = words === '' && server !== undefined ? ` (server: ${server})` : ''
  return {
    status,
    code,
    detail: `${host} answered ${status}${said === '' ? '' : ` ${said}`}${by}`,
    hint: hintFor(status, answer, host),
    retryable: PASSING.has(status) && code !== 'UNSUPPORTED',
    retryAfter: readRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date')),
  }
}

/** A front end that sends clients it does not know to its web pages, or simply not a registry. */
export function isWebPage(answer: Answer): boolean {
  return essenceOf(headerOf(answer, 'content-type') ?? '') === 'text/html'
}

function statedErrors(text: string): readonly { code: string; message: string }[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return []
  }
  if (!isRecord(json)) return []
  if (!Array.isArray(json.errors)) {
    // Token endpoints and some proxies: {"error": …, "error_description": …} (RFC 6749), {"message": …}, {"details": …}.
    const code = stringOrUndefined(json.error) ?? stringOrUndefined(json.code) ?? ''
    const message =
      stringOrUndefined(json.error_description) ??
      stringOrUndefined(json.message) ??
      stringOrUndefined(json.details) ??
      ''
    return code === '' && message === '' ? [] : [{ code, message }]
  }
  return json.errors.filter(isRecord).map(error => ({
    code: stringOrUndefined(error.code) ?? '',
    message: [stringOrUndefined(error.message), stringOrUndefined(error.detail)].filter(Boolean).join(': '),
  }))
}

function snippetOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > MAX_SNIPPET ? `${line.slice(0, MAX_SNIPPET)}…` : line
}

function hintFor(status: number, answer: Answer, host: string): string | undefined {
  if (status >= 300 && status < 400)
    return `it points to ${withoutQuery(headerOf(answer, 'location'))}: use the registry's own address`
  if (status === 413)
    return 'a proxy in front of the registry limits the size of a request: raise its limit (nginx: client_max_body_size 0)'
  if (status === 429)
    return 'the registry limits how much may be asked: log in if you have not, or try again later'
  if (isWebPage(answer)) return `check that ${host} is the registry's address, not that of its web console`
  if (status === 404) return GONE_HINT
  if (status >= 500)
    return 'the registry, or a proxy in front of it, is in trouble: look at its logs, try again later'
  return undefined
}

function withoutQuery(location: string | undefined): string {
  return location === undefined ? 'nowhere' : location.replace(/\?.*$/, '')
}

/** An incoming request → the record that tests, the log of `serve` and faults see of it. */
import type { IncomingMessage } from 'node:http'
import type { Recording } from './exchange.ts'
import { parseRoute, type Route } from './routes.ts'

export function recordOf(request: IncomingMessage, url: URL): Recording {
  const route = routeOrUnknown(url.pathname)
  const reference = 'reference' in route ? route.reference : url.searchParams.get('mount')
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.search.slice(1),
    what: route.what,
    ...('repository' in route && { repository: route.repository }),
    ...(reference && { reference }),
    headers: headersOf(request),
    status: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}

/** A malformed name is refused when the request is served; its record only says that it was no endpoint. */
function routeOrUnknown(path: string): Route {
  try {
    return parseRoute(path)
  } catch {
    return { what: 'unknown' }
  }
}

/** Records must not hold secrets: of `authorization` only the scheme stays. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  const { authorization } = headers
  if (authorization !== undefined) headers.authorization = authorization.split(' ', 1)[0] ?? ''
  return headers
}

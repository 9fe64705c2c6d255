/**
 * An OCI registry (distribution-spec 1.1) over an image layout folder: for `mirrorform serve`, the demo and tests.
 *
 * Each request is recorded, struck by the fault a test asked for, authorised, and handed to the endpoint its path
 * names. What a client pushes is in the folder, as a layout that other tools read, when it gets its answer.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as after } from 'node:timers/promises'
import { messageOf, PlaceError } from '../../lib/errors.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import { Authorization, type Need } from './authorization.ts'
import { serveBlob } from './blob-endpoints.ts'
import { Exchange, Gone } from './exchange.ts'
import { listReferrers, listRepositories, listTags } from './list-endpoints.ts'
import { serveManifest } from './manifest-endpoints.ts'
import { Problem } from './problem.ts'
import { recordOf } from './recording.ts'
import type { Fault, RecordedRequest, RegistryServer, RegistryServerOptions } from './registry-server.ts'
import { checkMethod, parseRoute, type Route } from './routes.ts'
import { RegistryStore } from './store.ts'
import { beginUpload, continueUpload } from './upload-endpoints.ts'
import { Uploads } from './uploads.ts'

/** Milliseconds an idle connection is kept; longer than clients keep theirs, so that it is they who close. */
const KEEP_ALIVE = 75_000
const MAX_FORM_BYTES = 64 * 1024
/** Tags on a page with opaque links: so few that a handful already takes several pages. */
const OPAQUE_PAGE = 2

/**
 * Starts a registry and resolves once it listens.
 *
 * @throws PlaceError when the folder holds a damaged layout or the address cannot be listened on.
 */
export async function startRegistryServer(options: RegistryServerOptions): Promise<RegistryServer> {
  const now = options.now ?? Date.now
  const store = await RegistryStore.open(options.folder)
  const uploads = new Uploads(store.blobs, now)
  const authorization = options.auth && new Authorization(options.auth, now)
  const requests: RecordedRequest[] = []
  const running = new Set<Promise<void>>()
  const closing = new AbortController()
  const scheme = options.tls ? 'https' : 'http'
  const standing = {
    'docker-distribution-api-version': 'registry/2.0',
    'mirrorform-registry': `sparse-index=${options.requireChildren === false ? 'yes' : 'no'}`,
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = URL.parse(`http://registry${request.url}`) ?? new URL('http://registry/')
    const record = recordOf(request, url)
    if (options.keepRequests !== false) requests.push(record)
    const left = new AbortController()
    response.once('close', () => {
      left.abort()
      options.onRequest?.(record)
    })
    const signal = AbortSignal.any([left.signal, closing.signal])
    const exchange = new Exchange(request, response, record, url, standing, signal)
    try {
      const fault = options.faults?.(record)
      exchange.strikeWith(fault)
      if (fault === undefined || !(await strike(fault, exchange))) await serve(exchange)
    } catch (error) {
      await answerError(exchange, response, error)
    }
  }

  const serve = async (exchange: Exchange): Promise<void> => {
    const route = parseRoute(exchange.url.pathname)
    const header = exchange.request.headers.authorization
    const origin = `${scheme}://${exchange.request.headers.host ?? hostOf(server)}`
    if (route.what === 'token') return serveToken(exchange, route, authorization)
    authorization?.check(header, needOf(route, exchange.request.method), origin)
    checkMethod(route, exchange.request.method ?? '')
    const deleting = exchange.request.method === 'DELETE' && route.what !== 'upload'
    if (deleting && options.allowDelete === false)
      throw new Problem('UNSUPPORTED', 'deleting is switched off in this registry')
    const pages = options.pageLinks === 'opaque' ? { origin, most: OPAQUE_PAGE } : undefined
    const mayPull = (repository: RepositoryPath): boolean =>
      authorization?.allows(header, { kind: 'repository', repository, access: 'pull' }) ?? true
    switch (route.what) {
      case 'ping':
        return exchange.answerJson(200, {})
      case 'catalog':
        return listRepositories(store, exchange, pages)
      case 'manifest':
        return serveManifest(store, options, exchange, route.repository, route.reference)
      case 'blob':
        return serveBlob(store, exchange, route.repository, route.reference)
      case 'upload': {
        const locations = options.uploadLocations ?? 'relative'
        const context = {
          store,
          uploads,
          mayPull,
          locationBase: locations === 'absolute' ? origin : undefined,
        }
        return route.reference === undefined
          ? beginUpload(context, exchange, route.repository)
          : continueUpload(context, exchange, route.repository, route.reference)
      }
      case 'tags':
        return listTags(store, exchange, route.repository, pages)
      case 'referrers':
        if (options.referrersApi === false)
          throw new Problem('UNSUPPORTED', 'this registry has no referrers API', { status: 404 })
        return listReferrers(store, exchange, route.repository, route.reference)
      case 'unknown':
        return
      default:
        route satisfies never
    }
  }

  const listener: RequestListener = (request, response) => {
    const work = handle(request, response).finally(() => running.delete(work))
    running.add(work)
  }
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
  server.requestTimeout = 0
  server.keepAliveTimeout = KEEP_ALIVE
  await listen(server, options.listen ?? {})

  const host = hostOf(server)
  return {
    host,
    url: `${scheme}://${host}`,
    requests,
    clearRequests: () => {
      requests.length = 0
    },
    revokeTokens: () => authorization?.revokeAll(),
    close: async () => {
      closing.abort()
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
      await Promise.allSettled(running)
      await uploads.cancelAll()
    },
  }
}

/** Lets the fault happen. @returns whether the request is over with it. @throws Gone */
async function strike(fault: Fault, exchange: Exchange): Promise<boolean> {
  switch (fault.do) {
    case 'status':
      await exchange.answer(fault.status, fault.headers ?? {}, fault.body ?? '')
      return true
    case 'hang-up':
      return fault.afterBytes === undefined ? exchange.hangUp() : false
    case 'stall':
      if (fault.afterBytes !== undefined) return false
      await exchange.silence()
      throw new Gone('the client gave up')
    case 'delay':
      await after(fault.ms, undefined, { signal: exchange.signal }).catch(cause => {
        throw new Gone('the client broke off', { cause })
      })
      return false
    case 'corrupt':
    case 'lengthen':
    case 'truncate':
      return false
    default:
      return fault satisfies never
  }
}

async function serveToken(
  exchange: Exchange,
  route: Route,
  authorization: Authorization | undefined,
): Promise<void> {
  checkMethod(route, exchange.request.method ?? '')
  if (authorization === undefined)
    throw new Problem('UNSUPPORTED', 'no tokens are needed here', { status: 404 })
  const form = exchange.request.method === 'POST' ? await exchange.bodyBytes(MAX_FORM_BYTES) : undefined
  const query = form === undefined ? exchange.url.searchParams : new URLSearchParams(form.toString('utf8'))
  await exchange.answerJson(200, authorization.issue(exchange.request.headers.authorization, query))
}

function needOf(route: Route, method: string | undefined): Need {
  if (route.what === 'catalog') return { kind: 'catalog' }
  if (!('repository' in route)) return { kind: 'nothing' }
  const reads = method === 'GET' || method === 'HEAD'
  const removes = method === 'DELETE' && route.what !== 'upload'
  const access = route.what === 'upload' ? 'push' : reads ? 'pull' : removes ? 'delete' : 'push'
  return { kind: 'repository', repository: route.repository, access }
}

async function answerError(exchange: Exchange, response: ServerResponse, error: unknown): Promise<void> {
  if (error instanceof Gone || response.headersSent) {
    response.destroy()
    return
  }
  const problem = error instanceof Problem ? error : new Problem('UNKNOWN', messageOf(error))
  const headers = { 'content-type': 'application/json', ...problem.headers }
  await exchange.answer(problem.status, headers, problem.body).catch(() => response.destroy())
}

async function listen(
  server: Server,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause =>
      reject(
        new PlaceError(`cannot listen on ${host}:${port}: ${cause.message}`, {
          cause,
          hint: 'another program may be using the port; choose another one, or port 0 for any free one',
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
}

function hostOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') return ''
  return address.family === 'IPv6'
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`
}

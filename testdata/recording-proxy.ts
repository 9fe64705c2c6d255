/**
 * A small HTTP proxy in front of a real registry that passes everything on as it comes and writes down every request
 * that changes something, put in the plan's own words, so that a recording can be compared with a plan.
 */
import { type ClientRequest, createServer, request as forward, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Plan } from '../lib/plan/plan.ts'
import { type PlannedRequest, plannedRequests } from '../lib/plan/requests.ts'

export interface RecordingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly url: string
  /** `METHOD path?query → status`, in the order of their answers, of requests with a method that can change something. */
  readonly mutations: readonly Mutation[]
  /** Every token the registry has given out. */
  readonly tokens: readonly string[]
  clear(): void
  close(): Promise<void>
}

export interface Mutation {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly status: number
  /** Of its body. */
  readonly bytes: number
}

/**
 * @param upstream `127.0.0.1:PORT` of the registry. The `Host` header stays, so that the registry's links lead here.
 * @param hold asked for every request: where it gives a promise, the request is passed on when that resolves
 */
export async function startRecordingProxy(
  upstream: string,
  hold: (method: string, path: string) => Promise<void> | undefined = () => undefined,
): Promise<RecordingProxy> {
  const [hostname, port] = upstream.split(':')
  const mutations: Mutation[] = []
  const tokens: string[] = []
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    await hold(method, url)
    let bytes = 0
    const passed: ClientRequest = forward({ hostname, port, method, path: url, headers })
    passed.once('response', (answer: IncomingMessage) => {
      const { statusCode: status = 0 } = answer
      const { pathname, searchParams } = new URL(url, `http://${upstream}`)
      if (method !== 'GET' && method !== 'HEAD')
        mutations.push({ method, path: pathname, query: searchParams, status, bytes })
      response.writeHead(status, answer.rawHeaders)
      if (pathname === '/token') keepToken(answer, tokens)
      pipeline(answer, response).catch(() => response.destroy())
    })
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    pipeline(request, passed).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    mutations,
    tokens,
    clear: () => {
      mutations.length = 0
    },
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function keepToken(answer: IncomingMessage, tokens: string[]): void {
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => chunks.push(chunk))
  answer.once('end', () => {
    const found = /"token": ?"([^"]+)"/.exec(Buffer.concat(chunks).toString())?.[1]
    if (found !== undefined) tokens.push(found)
  })
}

/**
 * One line for each piece of work, as `plannedLines` writes the plan's: the POST and PUT of an upload are one upload, a
 * mount that was answered 201 is one mount. What fits nothing a plan can say is a line of its own.
 */
export function recordedLines(mutations: readonly Mutation[]): readonly string[] {
  const begun: string[] = []
  const lines = mutations.flatMap((mutation): readonly string[] => {
    const { method, path, query, status } = mutation
    const [, repository, what, reference] = /^\/v2\/(.+)\/(manifests|blobs\/uploads)\/(.*)$/.exec(path) ?? []
    const mount = query.get('mount')
    switch (`${method} ${what} ${status}`) {
      case 'PUT manifests 201':
        return [`put-manifest ${repository} ${reference}`]
      case 'DELETE manifests 202':
        return [`delete ${repository} ${reference}`]
      case 'POST blobs/uploads 201':
        return [`mount ${repository} ${mount} from ${query.get('from')}`]
      case 'POST blobs/uploads 202':
        if (mount === null) begun.push(`${repository}`)
        return mount === null ? [] : [`refused mount ${repository} ${mount}`]
      case 'PUT blobs/uploads 201':
        begun.splice(begun.indexOf(`${repository}`), 1)
        return [`upload ${repository} ${query.get('digest')}`]
      default:
        return [`${method} ${path}?${query} answered ${status}`]
    }
  })
  return [...lines, ...begun.map(repository => `unfinished upload ${repository}`)]
}

/** The plan's side of the comparison. */
export function plannedLines(plan: Plan): readonly string[] {
  return plannedRequests(plan).map(plannedLine)
}

function plannedLine(request: PlannedRequest): string {
  switch (request.do) {
    case 'create-project':
      return `create-project ${request.project}`
    case 'upload':
      return `upload ${request.repository} ${request.digest}`
    case 'mount':
      return `mount ${request.repository} ${request.digest} from ${request.from}`
    case 'put-manifest':
      return `put-manifest ${request.repository} ${request.reference}`
    case 'delete-tag':
      return `delete ${request.repository} ${request.tag}`
    case 'delete-manifest':
      return `delete ${request.repository} ${request.digest}`
    default:
      return request satisfies never
  }
}

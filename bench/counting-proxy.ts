/**
 * A reverse proxy before a registry that counts requests by kind, and the bytes of bodies each way.
 *
 * It passes everything on as it comes, the name of the host included, so that the registry's `Location` leads back here.
 * It costs time; so no timed run goes through it.
 */
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

export interface Traffic {
  /** `GET blob`, `HEAD manifest`, `POST mount`, …: see `kindOf`. */
  readonly requests: ReadonlyMap<string, number>
  readonly total: number
  /** Bytes of request bodies, and of answers' bodies. */
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface CountingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** What was counted since the start or the last `reset`. */
  traffic(): Traffic
  reset(): void
  close(): Promise<void>
}

/** @param upstream the registry, `127.0.0.1:PORT`, plain HTTP */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true })
  const target = new URL(`http://${upstream}`)
  let requests = new Map<string, number>()
  let bytes = { in: 0, out: 0 }

  const server: Server = createServer((incoming, outgoing) => {
    const kind = kindOf(incoming.method ?? '', incoming.url ?? '')
    requests.set(kind, (requests.get(kind) ?? 0) + 1)
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url: path, headers } = incoming
    const onward = request({ agent, hostname: target.hostname, port: target.port, method, path, headers })
    outgoing.once('close', () => outgoing.writableFinished || onward.destroy())
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve)
      onward.once('error', reject)
    })
    incoming.on('data', (chunk: Buffer) => {
      bytes.in += chunk.length
    })
    // An answer may come before the request has been read to its end: that is the answer, and the rest is dropped.
    const sent = pipeline(incoming, onward)
    sent.catch(() => {})
    const answer = await answered
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.on('data', (chunk: Buffer) => {
      bytes.out += chunk.length
    })
    await pipeline(answer, outgoing)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    traffic: () => ({
      requests: new Map([...requests].sort(([a], [b]) => (a < b ? -1 : 1))),
      total: [...requests.values()].reduce((sum, count) => sum + count, 0),
      bytesIn: bytes.in,
      bytesOut: bytes.out,
    }),
    reset() {
      requests = new Map()
      bytes = { in: 0, out: 0 }
    },
    async close() {
      server.closeAllConnections()
      agent.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** What a request to a registry is about (OCI distribution-spec 1.1, "Endpoints"). */
export function kindOf(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://registry')
  if (pathname === '/v2/' || pathname === '/v2') return `${method} /v2/`
  if (/\/blobs\/uploads\//.test(pathname))
    return searchParams.has('mount') ? `${method} mount` : `${method} upload`
  const thing = /\/(blob|manifest|referrer|tag)s\/[^/]+$/.exec(pathname)?.[1]
  return `${method} ${thing ?? 'other'}`
}

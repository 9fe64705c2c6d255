/**
 * A reverse proxy before a registry that lets its owner look at every request: to count it, or to answer it instead.
 *
 * It passes everything on as it comes, the name of the host included, so that the registry's `Location` leads back here.
 * It costs time; so no timed run goes through one that only counts.
 */
import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** What the proxy answers itself; the body is empty. */
export interface OwnAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
}

export interface Lookout {
  /** @returns undefined to pass the request on */
  arrives(method: string, url: string): OwnAnswer | undefined
  /** Called once for each request that was passed on, when it is answered or has broken off. */
  leaves?(): void
  /** Bytes of request bodies, and of answers' bodies, that were passed on. */
  sent?(bytes: number): void
  received?(bytes: number): void
}

export interface ReverseProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  close(): Promise<void>
}

/** @param upstream the registry, `127.0.0.1:PORT`, plain HTTP */
export async function startReverseProxy(upstream: string, lookout: Lookout): Promise<ReverseProxy> {
  const agent = new Agent({ keepAlive: true })
  const target = new URL(`http://${upstream}`)

  const server: Server = createServer((incoming, outgoing) => {
    const own = lookout.arrives(incoming.method ?? '', incoming.url ?? '')
    if (own !== undefined) {
      outgoing.writeHead(own.status, own.headers).end()
      incoming.resume()
      return
    }
    outgoing.once('close', () => lookout.leaves?.())
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
    incoming.on('data', (chunk: Buffer) => lookout.sent?.(chunk.length))
    // An answer may come before the request has been read to its end: that is the answer, and the rest is dropped.
    const sent = pipeline(incoming, onward)
    sent.catch(() => {})
    const answer = await answered
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.on('data', (chunk: Buffer) => lookout.received?.(chunk.length))
    await pipeline(answer, outgoing)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      agent.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

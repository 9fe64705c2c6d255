/**
 * A slow link to a registry on the same machine: a TCP proxy that hands bytes on with latency and a limited rate, shared
 * by all connections, in both directions. A new connection costs a round trip before its first bytes leave.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Flow, Lane, type LinkShape, REAL_CLOCK } from './lane.ts'

export interface ShapedLink {
  /** `127.0.0.1:PORT` */
  readonly host: string
  close(): Promise<void>
}

/** What a sender has in its socket's buffer; a connection that has more waiting is not read from. */
const SEND_BUFFER_BYTES = 256 * 1024

/** @param upstream the registry, `127.0.0.1:PORT` */
export async function startShapedLink(upstream: string, shape: LinkShape): Promise<ShapedLink> {
  const { hostname, port } = new URL(`http://${upstream}`)
  const [there, back] = [new Lane(shape), new Lane(shape)]
  const sockets = new Set<Socket>()
  const kept = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.setNoDelay(true).once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, accepted => {
    const near = kept(accepted)
    const far = kept(connect({ host: hostname, port: Number(port), allowHalfOpen: true }))
    const opened = REAL_CLOCK.now() + 2 * shape.latencyMs
    send(near, far, there, opened)
    send(far, near, back, 0)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.once('close', () => one.readableEnded || other.destroy())
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function send(from: Socket, to: Socket, lane: Lane, opened: number): void {
  let underway = 0
  let ended = false
  const flow: Flow = lane.flow(chunk => {
    underway -= chunk.length
    if (!to.destroyed) to.write(chunk)
    if (flow.waiting < SEND_BUFFER_BYTES) from.resume()
    if (ended && underway === 0) to.end()
  }, opened)
  from.on('data', chunk => {
    underway += chunk.length
    flow.push(chunk)
    if (flow.waiting >= SEND_BUFFER_BYTES) from.pause()
  })
  from.once('end', () => {
    ended = true
    if (underway === 0) to.end()
  })
}

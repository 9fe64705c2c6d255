/**
 * A proxy before a test registry that holds requests until it is opened: so that a test acts while an apply is at one
 * certain point of its work, without guessing how long that takes.
 */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { TestEnd } from '../../testdata/temp.ts'

export interface Gate {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Resolves when the first request is held. */
  readonly reached: Promise<void>
  /** Lets those that are held go on, and holds no more. */
  open(): void
}

/** @param holds asked of every request as long as the gate is shut */
export async function startGate(
  t: TestEnd,
  upstream: string,
  holds: (request: { readonly method: string; readonly path: string }) => boolean,
): Promise<Gate> {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let shut = true
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (shut && holds({ method: request.method ?? '', path: request.url ?? '' })) {
      reached.resolve()
      await opened.promise
    }
    const { method, headers } = request
    const onward = send(`${upstream}${request.url}`, { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.once('error', () => response.destroy())
    request.pipe(onward)
  }
  const server = createServer((request, response) => void pass(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    opened.resolve()
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    host: `127.0.0.1:${address.port}`,
    reached: reached.promise,
    open: () => {
      shut = false
      opened.resolve()
    },
  }
}

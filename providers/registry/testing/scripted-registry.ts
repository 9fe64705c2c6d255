/**
 * A registry for one test: a handler that answers as that test's registry would, and a record of what it was asked; and
 * the client under test, opened so that it reads no file of the machine and never really waits.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { parseReference, type RepositoryPath } from '../../../lib/oci/reference.ts'
import type { TargetRepository } from '../../../lib/provider.ts'
import type { TargetAddress } from '../../../lib/target.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { openRegistries, type RegistryAccess, type RegistryOptions } from '../index.ts'

export interface Asked {
  readonly method: string
  /** with the query */
  readonly url: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  /** Reads the whole body. */
  body(): Promise<Buffer>
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** undefined: 404 with a registry's error. 'hang up' closes the connection. */
export type Handler = (
  asked: Asked,
  raw: { readonly response: ServerResponse },
) => Reply | undefined | 'hang up' | 'handled' | Promise<Reply | undefined | 'hang up' | 'handled'>

export interface ScriptedRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly url: string
  /** `GET /v2/…`, in order, without the first contact */
  readonly asked: string[]
  readonly requests: Asked[]
}

/** @param handler is asked for everything but `GET /v2/`, which is 200 unless it answers that too */
export async function startScriptedRegistry(t: TestEnd, handler: Handler): Promise<ScriptedRegistry> {
  const requests: Asked[] = []
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry')
    let body: Promise<Buffer> | undefined
    const one: Asked = {
      method: request.method ?? '',
      url: request.url ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: () => {
        body ??= collect(request)
        return body
      },
    }
    requests.push(one)
    if (one.url !== '/v2/') asked.push(`${one.method} ${one.url}`)
    void answer(one, handler, request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { host, url: `http://${host}`, asked, requests }
}

async function answer(
  asked: Asked,
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const given = await handler(asked, { response })
    if (given === 'handled') return
    if (given === 'hang up') {
      request.destroy()
      return
    }
    const reply =
      given ?? (asked.url === '/v2/' ? { status: 200 } : registryError(404, 'NAME_UNKNOWN', 'no such thing'))
    // Like any polite server, read what was sent before closing.
    await asked.body()
    response.writeHead(reply.status ?? 200, { ...reply.headers } as Record<string, string>)
    response.end(asked.method === 'HEAD' ? undefined : reply.body)
  } catch {
    request.destroy()
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export function registryError(status: number, code: string, message: string): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ code, message }] }),
  }
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

export interface TestClient {
  readonly access: RegistryAccess
  /** Milliseconds of the pauses that would have been made. */
  readonly pauses: number[]
  /** Moves the client's clock. */
  advance(ms: number): void
}

/** No file of this machine, plain HTTP allowed, five retries without waiting. */
export async function openTestClient(
  t: TestEnd,
  options: Partial<RegistryOptions> = {},
): Promise<TestClient> {
  const pauses: number[] = []
  let now = 0
  const access = await openRegistries({
    home: path.join(temporaryFolder(t), 'nobody'),
    srcTlsVerify: false,
    destTlsVerify: false,
    certsDirs: [],
    ...options,
    env: { CONTAINERS_REGISTRIES_CONF: '/dev/null', ...options.env },
    clock: {
      now: () => now,
      random: () => 1,
      sleep: async ms => {
        pauses.push(ms)
        now += ms
      },
    },
  })
  t.after(() => access.close())
  return {
    access,
    pauses,
    advance: ms => {
      now += ms
    },
  }
}

export const SIGNAL: AbortSignal = new AbortController().signal

/** A repository of a scripted registry that is the declared target. */
export async function openTestTarget(
  t: TestEnd,
  host: string,
  repository = 'acme/app',
  options: Partial<RegistryOptions> = {},
): Promise<TestClient & { readonly repository: TargetRepository; readonly address: TargetAddress }> {
  const address: TargetAddress = { kind: 'registry', host, prefix: '' }
  const client = await openTestClient(t, { target: address, ...options })
  return {
    ...client,
    address,
    repository: client.access.target(address).repository(repository as RepositoryPath),
  }
}

/** The reader of a repository of a scripted registry. */
export function readerOf(access: RegistryAccess, name: string) {
  return access.sources.open({ kind: 'registry', reference: parseReference(name) })
}

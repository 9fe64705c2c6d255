/** What the tests of uploads share: a blob, and registries that take it. */
import { digestOf } from '../../../lib/oci/digest.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import type { RegistryServerOptions } from '../../embedded/index.ts'
import type { RegistryOptions } from '../index.ts'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from './scripted-registry.ts'

export const BLOB = bytesFromSeed('blob', 300_000)
export const DESCRIPTOR = { mediaType: 'application/octet-stream', digest: digestOf(BLOB), size: BLOB.length }
export const UPLOADS = '/v2/acme/app/blobs/uploads/'
export const QUERY = `digest=${encodeURIComponent(DESCRIPTOR.digest)}`
export const STARTED = { status: 202, headers: { location: '/up/1?_state=a%2Bb%3D' } }

export function contentOf(bytes: Buffer, opened: string[] = []): BlobContent {
  return {
    open: async () => {
      opened.push('opened')
      return (async function* () {
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
      })()
    },
  }
}

/** POST starts, PUT to the session ends; what was stored is kept. */
export function storing(stored: Buffer[], change: Handler = () => undefined): Handler {
  return async (asked, raw) => {
    const changed = await change(asked, raw)
    if (changed !== undefined) return changed
    if (asked.method === 'POST') return STARTED
    if (asked.method !== 'PUT') return undefined
    stored.push(await asked.body())
    return { status: 201 }
  }
}

export async function push(
  t: Parameters<typeof openTestTarget>[0],
  handler: Handler,
  content = contentOf(BLOB),
) {
  const registry = await startScriptedRegistry(t, handler)
  const client = await openTestTarget(t, registry.host)
  const send = () => client.repository.pushBlob(DESCRIPTOR, content, SIGNAL)
  return { ...client, registry, send }
}

/** Three MiB and a bit: more than one chunk, and worth asking after when its upload breaks. */
export const LARGE = bytesFromSeed('large', 3 * 1024 * 1024 + 5)
export const LARGE_DESCRIPTOR = {
  mediaType: 'application/octet-stream',
  digest: digestOf(LARGE),
  size: LARGE.length,
}

/** An embedded registry as the target, the uploads it saw, and whether a blob is there byte for byte. */
export async function embeddedTarget(
  t: Parameters<typeof startTestRegistry>[0],
  registry: Partial<RegistryServerOptions> = {},
  options: (host: string) => Partial<RegistryOptions> = () => ({}),
) {
  const server = await startTestRegistry(t, registry)
  const client = await openTestTarget(t, server.host, 'acme/app', options(server.host))
  return {
    ...client,
    server,
    send: (content = contentOf(LARGE), descriptor = LARGE_DESCRIPTOR) =>
      client.repository.pushBlob(descriptor, content, SIGNAL),
    /** `PATCH 0-524287 416`, `PUT 5 201`: what was sent, and what came back. */
    uploads: () =>
      server.requests
        .filter(({ what, method }) => what === 'upload' || (what === 'blob' && method === 'HEAD'))
        .map(({ method, headers, status }) => {
          const bytes = headers['content-range'] ?? headers['content-length']
          return [method, ...(bytes === undefined ? [] : [bytes]), status].join(' ')
        }),
    holds: async (bytes: Buffer = LARGE) => {
      const read = await client.repository.blob(
        { mediaType: 'x', digest: digestOf(bytes), size: bytes.length },
        SIGNAL,
      )
      const pieces: Uint8Array[] = []
      for await (const piece of read) pieces.push(piece)
      return Buffer.concat(pieces).equals(bytes)
    },
  }
}

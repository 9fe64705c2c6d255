/** What the tests of uploads share: a blob, and registries that take it. */
import { digestOf } from '../../../lib/oci/digest.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
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

/**
 * Puts built images into places: through the `RepositoryWriter` of any provider, or into any registry with plain
 * `fetch`, so that what tests prepare does not depend on the client that they test.
 */
import type { Digest } from '../lib/oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../lib/oci/reference.ts'
import type { Target } from '../lib/provider.ts'
import { type Built, manifestsOf } from './images.ts'

/** Blobs, then children by digest, then the image under `tag`, or under its digest without one. */
export async function pushImage(
  target: Pick<Target, 'repository'>,
  repository: string,
  tag: string | undefined,
  image: Built,
  signal: AbortSignal = new AbortController().signal,
): Promise<Digest> {
  const writer = target.repository(parseRepositoryPath(repository))
  for (const { manifest, blobs } of manifestsOf(image)) {
    for (const [digest, bytes] of blobs) {
      const descriptor = { mediaType: 'application/octet-stream', digest, size: bytes.length }
      if (await writer.hasBlob(descriptor, signal)) continue
      await writer.pushBlob(descriptor, { open: async () => once(bytes) }, signal)
    }
    const tagged = manifest === image.manifest && tag !== undefined
    await writer.pushManifest(manifest, tagged ? parseTag(tag) : manifest.digest, signal)
  }
  return image.manifest.digest
}

/**
 * The same over HTTP.
 *
 * @param url the registry, `http://127.0.0.1:5000`
 * @param headers sent with every request, for `authorization`
 * @throws Error with the answer of the registry when it refuses.
 */
export async function pushToServer(
  url: string,
  repository: string,
  tag: string | undefined,
  image: Built,
  headers: Readonly<Record<string, string>> = {},
): Promise<Digest> {
  const base = `${url.replace(/\/$/, '')}/v2/${repository}`
  for (const { manifest, blobs } of manifestsOf(image)) {
    for (const [digest, bytes] of blobs) await pushBlobToServer(base, digest, bytes, headers)
    const tagged = manifest === image.manifest && tag !== undefined
    await expectStatus(201, `${base}/manifests/${tagged ? tag : manifest.digest}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': manifest.mediaType },
      body: Buffer.from(manifest.bytes),
    })
  }
  return image.manifest.digest
}

async function pushBlobToServer(
  base: string,
  digest: Digest,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const there = await fetch(`${base}/blobs/${digest}`, { method: 'HEAD', headers })
  if (there.status === 200) return
  const started = await expectStatus(202, `${base}/blobs/uploads/`, { method: 'POST', headers })
  const place = new URL(started.headers.get('location') ?? '', base)
  place.searchParams.set('digest', digest)
  await expectStatus(201, place.href, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: Buffer.from(bytes),
  })
}

async function expectStatus(status: number, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (response.status !== status) throw new Error(`${init.method} ${url}: ${response.status} ${text}`)
  return response
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

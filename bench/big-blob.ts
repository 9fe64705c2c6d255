/**
 * Pushes an image whose one layer is as large as asked, without ever having the layer in memory or in a file: random
 * bytes in the frame of gzip, not compressed, so that making them is quick and nobody is tempted to compress them.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Descriptor } from '../lib/oci/descriptor.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { streamFromSeed } from '../testdata/bytes.ts'
import type { PushedImage } from './images.ts'

/** @param size bytes of the layer's content. @throws Error with the registry's answer when it refuses */
export async function pushBigImage(url: string, repository: string, size: number): Promise<PushedImage> {
  const base = `${url}/v2/${repository}`
  const { layer, contentDigest } = await pushLayer(base, size)
  const config = encode({
    created: '1970-01-01T00:00:00Z',
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: [contentDigest] },
  })
  const manifest = encode({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [layer],
  })
  await closeUpload(await startUpload(base), digestOf(config), config)
  await expectStatus(201, `${base}/manifests/v1`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    body: manifest,
  })
  return { repository, tag: 'v1', digest: digestOf(manifest) }
}

async function pushLayer(base: string, size: number): Promise<{ layer: Descriptor; contentDigest: Digest }> {
  const [content, blob] = [createHash('sha256'), createHash('sha256')]
  let blobSize = 0
  async function* random() {
    for await (const chunk of streamFromSeed('big layer', size)) {
      content.update(chunk)
      yield chunk
    }
  }
  async function* framed() {
    for await (const chunk of Readable.from(random()).pipe(
      createGzip({ level: 0 }),
    ) as AsyncIterable<Buffer>) {
      blob.update(chunk)
      blobSize += chunk.length
      yield chunk
    }
  }
  const answer = await expectStatus(202, await startUpload(base), {
    method: 'PATCH',
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(framed())) as ReadableStream,
    duplex: 'half',
  })
  const digest = `sha256:${blob.digest('hex')}` as Digest
  await closeUpload(locationOf(answer, base), digest, new Uint8Array())
  return {
    layer: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: blobSize },
    contentDigest: `sha256:${content.digest('hex')}` as Digest,
  }
}

async function startUpload(base: string): Promise<string> {
  return locationOf(await expectStatus(202, `${base}/blobs/uploads/`, { method: 'POST' }), base)
}

async function closeUpload(location: string, digest: Digest, rest: Uint8Array<ArrayBuffer>): Promise<void> {
  const url = new URL(location)
  url.searchParams.set('digest', digest)
  const headers = { 'content-type': 'application/octet-stream' }
  await expectStatus(201, url.href, { method: 'PUT', headers, body: rest })
}

function locationOf(answer: Response, base: string): string {
  return new URL(answer.headers.get('location') ?? '', base).href
}

async function expectStatus(
  status: number,
  url: string,
  init: RequestInit & { readonly duplex?: 'half' },
): Promise<Response> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${init.method} ${url}: ${answer.status} ${text}`)
  return answer
}

function encode(json: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json))
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import { acr, artifactory, behindNginx, gar, ghcr } from '../../../testdata/dialects.ts'
import { noFacts } from '../http/host-facts.ts'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { contentOf, embeddedTarget, LARGE, LARGE_DESCRIPTOR, UPLOADS } from '../testing/uploads.ts'
import { chunkFor } from './upload-ways.ts'

const MiB = 1024 * 1024

/** A registry that takes PATCHes only; `answer` may change what it says of one. */
function takingChunks(answer: (kept: Buffer, chunk: Buffer) => Partial<Record<string, string>> | number) {
  let kept = Buffer.alloc(0)
  const sent: string[] = []
  const handler: Handler = async ({ method, headers, body, path }) => {
    if (method === 'HEAD') return path.endsWith(LARGE_DESCRIPTOR.digest) ? { status: 200 } : undefined
    if (method === 'POST') {
      kept = Buffer.alloc(0)
      return { status: 202, headers: { location: '/up/1', 'oci-chunk-min-length': '1000000' } }
    }
    const bytes = await body()
    if (method === 'PUT') return { status: bytes.length > 0 ? 405 : kept.equals(LARGE) ? 201 : 400 }
    if (method !== 'PATCH') return undefined
    if (headers['content-range'] === undefined) return { status: 405 }
    sent.push(headers['content-range'])
    kept = Buffer.concat([kept, bytes])
    const change = answer(kept, bytes)
    if (typeof change === 'number') return { status: change }
    if (change.range !== undefined) kept = kept.subarray(0, Number(change.range.split('-')[1]) + 1)
    return { status: 202, headers: { range: `0-${kept.length - 1}`, location: '/up/1', ...change } as never }
  }
  return { handler, sent, kept: () => kept }
}

test('a registry that only takes chunks gets them, each saying which bytes it holds', async t => {
  const { send, uploads, holds } = await embeddedTarget(t, {
    faults: ({ method, what, headers }) =>
      what === 'upload' &&
      ((method === 'PUT' && headers['content-length'] !== '0') ||
        (method === 'PATCH' && headers['content-range'] === undefined))
        ? { do: 'status', status: 501 }
        : undefined,
  })
  assert.equal(await send(), 'uploaded')
  const size = LARGE.length
  const refused = ['POST 0 202', `PUT ${size} 501`, 'POST 0 202', `PATCH ${size} 501`]
  const chunked = ['POST 0 202', `PATCH 0-${size - 1} 202`, 'PUT 0 201']
  assert.deepEqual(uploads(), [...refused, ...chunked])
  assert.ok(await holds())
  const small = bytesFromSeed('small', 10)
  await send(contentOf(small), { mediaType: 'x', digest: digestOf(small), size: 10 })
  assert.deepEqual(uploads().slice(-3), ['POST 0 202', 'PATCH 0-9 202', 'PUT 0 201'])
})

test('a proxy that limits bodies gets smaller chunks after 413, and small blobs still go in one piece', async t => {
  const { send, uploads, holds, server } = await embeddedTarget(t, behindNginx(MiB))
  assert.equal(await send(), 'uploaded')
  assert.ok(await holds())
  assert.ok(uploads().includes('PATCH 0-786432 202'), uploads().join())
  server.clearRequests()
  const small = bytesFromSeed('small', 700_000)
  await send(contentOf(small), { mediaType: 'x', digest: digestOf(small), size: small.length })
  assert.deepEqual(uploads(), ['POST 0 202', 'PUT 700000 201'])
  server.clearRequests()
  const other = bytesFromSeed('other', 2 * MiB)
  await send(contentOf(other), { mediaType: 'x', digest: digestOf(other), size: other.length })
  assert.ok(
    uploads().every(line => !line.endsWith('413')),
    'what was learnt is used at once',
  )
})

test('a limit that no chunk is small enough for is told as what it is', async t => {
  const { send } = await embeddedTarget(t, behindNginx(100_000))
  await assert.rejects(send(), /answered 413 .*nginx/)
})

test('a registry that finds a chunk too large (416) gets smaller ones in the same upload', async t => {
  const dialect = ghcr(MiB)
  const { send, uploads, holds } = await embeddedTarget(t, {
    ...dialect,
    faults: request =>
      request.method === 'PUT' && Number(request.headers['content-length']) > 0
        ? { do: 'status', status: 405 }
        : dialect.faults?.(request),
  })
  assert.equal(await send(), 'uploaded')
  assert.ok(await holds())
  assert.equal(uploads().filter(line => line.startsWith('POST')).length, 3)
  assert.ok(uploads().some(line => /^PATCH \d+-\d+ 416/.test(line)))
})

for (const [name, dialect] of [
  ['Artifactory', artifactory()],
  ['ACR', acr(2 * MiB)],
  ['Google Artifact Registry', gar()],
] as const)
  test(`a large blob arrives at a registry like ${name}`, async t => {
    const { send, holds } = await embeddedTarget(t, dialect)
    assert.equal(await send(), 'uploaded')
    assert.ok(await holds())
  })

test('OCI-Chunk-Min-Length is obeyed, and what the registry says it has is believed', async t => {
  let isFirst = true
  const registry = takingChunks(() => {
    const lost = isFirst
    isFirst = false
    return lost ? { range: '0-1999999' } : {}
  })
  const { host } = await startScriptedRegistry(t, registry.handler)
  const { repository } = await openTestTarget(t, host)
  assert.equal(await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL), 'uploaded')
  assert.deepEqual(registry.sent, [`0-${LARGE.length - 1}`, `2000000-${LARGE.length - 1}`])
})

test('chunks are never smaller than OCI-Chunk-Min-Length, whatever a proxy refuses', async t => {
  const registry = takingChunks((_, chunk) => (chunk.length > 1_200_000 ? 413 : {}))
  const { host } = await startScriptedRegistry(t, registry.handler)
  const { repository } = await openTestTarget(t, host)
  await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL).catch(() => {})
  const sizes = registry.sent
    .map(range => range.split('-').map(Number))
    .map(([from = 0, to = 0]) => to + 1 - from)
  assert.ok(
    sizes.slice(0, -1).every(size => size >= 1_000_000),
    sizes.join(),
  )
})

test('a registry that never keeps what it is sent is not fed for ever', async t => {
  const registry = takingChunks(() => ({ range: '0-99' }))
  const { host } = await startScriptedRegistry(t, registry.handler)
  const { repository } = await openTestTarget(t, host)
  await assert.rejects(
    repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL),
    /keeps 100 of 3145733 bytes, however often the rest is sent/,
  )
  assert.ok(registry.sent.length < 12)
})

test('a registry that closes the upload with the last PATCH (201) is asked whether it has the blob', async t => {
  const registry = takingChunks(kept => (kept.length === LARGE.length ? 201 : {}))
  const { host, asked } = await startScriptedRegistry(t, registry.handler)
  const { repository } = await openTestTarget(t, host)
  assert.equal(await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL), 'uploaded')
  assert.equal(asked.at(-1), `HEAD ${UPLOADS.replace('uploads/', '')}${LARGE_DESCRIPTOR.digest}`)
  assert.deepEqual(registry.kept(), LARGE)
})

test('the size of a chunk follows the profile, the proxy and OCI-Chunk-Min-Length, within bounds', () => {
  const rows: readonly [
    chunkSize: number | undefined,
    maxBody: number | undefined,
    least: number,
    size: number,
  ][] = [
    [undefined, undefined, 0, 16 * MiB],
    [4 * MiB, undefined, 0, 4 * MiB],
    [undefined, MiB, 0, MiB],
    [undefined, undefined, 32 * MiB, 32 * MiB],
    [4 * MiB, undefined, 5 * MiB, 5 * MiB],
    [undefined, undefined, 10_000 * MiB, 64 * MiB],
    [10, undefined, 0, MiB / 2],
  ]
  for (const [chunkSize, maxBody, leastChunk, size] of rows)
    assert.equal(
      chunkFor(
        { ...noFacts(), chunkSize, maxBody },
        { location: new URL('http://a/'), offset: 0, leastChunk },
      ),
      size,
    )
})

/** Faults on demand: what a client sees of each, and what the registry has recorded. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../testdata/images.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import type { Fault, RecordedRequest } from './registry-server.ts'

const BLOB = bytesFromSeed('faults', 3 * 1024 * 1024)
const DIGEST = digestOf(BLOB)
const PATH = `/v2/acme/app/blobs/${DIGEST}`

/** A registry that holds BLOB, and then shows `fault` once, to the first request that `when` picks. */
async function startFaulty(t: TestEnd, fault: Fault, when: (request: RecordedRequest) => boolean) {
  let armed = false
  const server = await startTestRegistry(t, {
    faults: request => {
      if (!armed || !when(request)) return undefined
      armed = false
      return fault
    },
  })
  const pushed = await push(server.url)
  assert.equal(pushed.status, 201)
  server.clearRequests()
  armed = true
  return server
}

function push(url: string, digest: Digest = DIGEST): Promise<Response> {
  return fetch(`${url}/v2/acme/app/blobs/uploads/?digest=${digest}`, { method: 'POST', body: BLOB })
}

const isDownload = (request: RecordedRequest): boolean => request.method === 'GET' && request.what === 'blob'
const isUpload = (request: RecordedRequest): boolean => request.what === 'upload'

test('a status fault answers with status, headers and body, once', async t => {
  const fault: Fault = { do: 'status', status: 429, headers: { 'retry-after': '1' }, body: 'slow down' }
  const server = await startFaulty(t, fault, isDownload)
  const answer = await fetch(server.url + PATH)
  assert.deepEqual(
    [answer.status, answer.headers.get('retry-after'), await answer.text()],
    [429, '1', 'slow down'],
  )
  assert.equal((await fetch(server.url + PATH)).status, 200)
  assert.deepEqual(
    server.requests.map(request => request.status),
    [429, 200],
  )
})

test('a hang-up closes the connection without an answer', async t => {
  const server = await startFaulty(t, { do: 'hang-up' }, isDownload)
  await assert.rejects(fetch(server.url + PATH))
  assert.deepEqual(
    server.requests.map(request => request.status),
    [0],
  )
})

test('a hang-up in the middle of a download gives the bytes before it', async t => {
  const server = await startFaulty(t, { do: 'hang-up', afterBytes: 1000 }, isDownload)
  assert.deepEqual(await readUntilBroken(await fetch(server.url + PATH)), BLOB.subarray(0, 1000))
})

test('a truncated download announces its whole length', async t => {
  const server = await startFaulty(t, { do: 'truncate', bytes: 700_000 }, isDownload)
  const answer = await fetch(server.url + PATH)
  assert.equal(answer.headers.get('content-length'), String(BLOB.length))
  assert.equal((await readUntilBroken(answer)).compare(BLOB.subarray(0, 700_000)), 0)
})

test('a corrupt download has the right length and the wrong digest', async t => {
  const server = await startFaulty(t, { do: 'corrupt' }, isDownload)
  const bytes = Buffer.from(await (await fetch(server.url + PATH)).arrayBuffer())
  assert.equal(bytes.length, BLOB.length)
  assert.notEqual(digestOf(bytes), DIGEST)
  const again = Buffer.from(await (await fetch(server.url + PATH)).arrayBuffer())
  assert.equal(digestOf(again), DIGEST)
})

test('a corrupt upload is refused for its digest', async t => {
  const server = await startFaulty(t, { do: 'corrupt' }, isUpload)
  assert.equal((await push(server.url)).status, 400)
  assert.equal((await push(server.url)).status, 201)
})

test('an upload that breaks off keeps what has arrived, and goes on from there', async t => {
  const server = await startFaulty(
    t,
    { do: 'hang-up', afterBytes: 1024 * 1024 },
    request => request.method === 'PATCH',
  )
  const begun = await fetch(`${server.url}/v2/acme/new/blobs/uploads/`, { method: 'POST' })
  const place = new URL(begun.headers.get('location') ?? '', server.url)
  await assert.rejects(fetch(place, { method: 'PATCH', body: BLOB }))
  const status = await fetch(place)
  const held = Number(status.headers.get('range')?.split('-')[1]) + 1
  assert.ok(held > 1 && held < BLOB.length, `${held} bytes are held`)
  place.searchParams.set('digest', DIGEST)
  const done = await fetch(place, { method: 'PUT', body: BLOB.subarray(held) })
  assert.equal(done.status, 201)
  const there = await fetch(`${server.url}/v2/acme/new/blobs/${DIGEST}`, { method: 'HEAD' })
  assert.equal(there.status, 200)
})

test('a stalled request is never answered and ends when the client gives up', async t => {
  const server = await startFaulty(t, { do: 'stall' }, isDownload)
  const giveUp = new AbortController()
  const asked = fetch(server.url + PATH, { signal: giveUp.signal })
  while (server.requests.length === 0) await new Promise(resolve => setImmediate(resolve))
  giveUp.abort()
  await assert.rejects(asked, { name: 'AbortError' })
  assert.deepEqual(
    server.requests.map(request => request.status),
    [0],
  )
})

test('a download that stalls in the middle gives the bytes before it, and then nothing', async t => {
  const server = await startFaulty(t, { do: 'stall', afterBytes: 1000 }, isDownload)
  const giveUp = new AbortController()
  const answer = await fetch(server.url + PATH, { signal: giveUp.signal })
  const chunks: Uint8Array[] = []
  await assert.rejects(async () => {
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk)
      if (Buffer.concat(chunks).length === 1000) giveUp.abort()
    }
  })
  assert.deepEqual(Buffer.concat(chunks), BLOB.subarray(0, 1000))
})

test('an upload that stalls in the middle is never answered, and ends when the client gives up', async t => {
  const server = await startFaulty(t, { do: 'stall', afterBytes: 1000 }, isUpload)
  const giveUp = new AbortController()
  const url = `${server.url}/v2/acme/app/blobs/uploads/?digest=${DIGEST}`
  const asked = fetch(url, { method: 'POST', body: BLOB, signal: giveUp.signal })
  while ((server.requests[0]?.bytesIn ?? 0) < 1000) await new Promise(resolve => setImmediate(resolve))
  giveUp.abort()
  await assert.rejects(asked)
  assert.equal(server.requests[0]?.status, 0)
})

test('a lengthened download announces, and has, more bytes than the blob', async t => {
  const server = await startFaulty(t, { do: 'lengthen', bytes: 5 }, isDownload)
  const answer = await fetch(server.url + PATH)
  assert.equal(answer.headers.get('content-length'), String(BLOB.length + 5))
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.deepEqual([bytes.length, bytes.subarray(0, BLOB.length).compare(BLOB)], [BLOB.length + 5, 0])
})

test('a delayed request is served afterwards', async t => {
  const server = await startFaulty(t, { do: 'delay', ms: 1 }, isDownload)
  assert.equal((await fetch(server.url + PATH)).status, 200)
})

test('closing the registry ends requests that hang', async t => {
  const server = await startFaulty(t, { do: 'stall' }, isDownload)
  const asked = fetch(server.url + PATH)
  while (server.requests.length === 0) await new Promise(resolve => setImmediate(resolve))
  await Promise.all([server.close(), assert.rejects(asked)])
})

test('a record says what was asked, how it was answered and how many bytes passed', async t => {
  const seen: RecordedRequest[] = []
  const server = await startTestRegistry(t, { onRequest: request => seen.push(request) })
  await (await push(server.url)).text()
  await (await fetch(server.url + PATH, { headers: { range: 'bytes=0-9' } })).arrayBuffer()
  const [upload, download] = server.requests
  assert.deepEqual(
    [upload?.method, upload?.what, upload?.repository, upload?.query, upload?.status, upload?.bytesIn],
    ['POST', 'upload', 'acme/app', `digest=${DIGEST}`, 201, BLOB.length],
  )
  assert.deepEqual(
    [download?.method, download?.what, download?.reference, download?.status, download?.bytesOut],
    ['GET', 'blob', DIGEST, 206, 10],
  )
  assert.equal(download?.headers.range, 'bytes=0-9')
  await server.close()
  assert.deepEqual(seen, server.requests)
})

async function readUntilBroken(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  await assert.rejects(async () => {
    for await (const chunk of answer.body ?? []) chunks.push(chunk)
  })
  return Buffer.concat(chunks)
}

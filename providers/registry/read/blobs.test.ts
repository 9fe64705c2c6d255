import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DigestMismatchError, PlaceError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import {
  openTestClient,
  readerOf,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const BLOB = bytesFromSeed('blob', 300_000)
const DESCRIPTOR = { mediaType: 'application/octet-stream', digest: digestOf(BLOB), size: BLOB.length }

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('a blob is followed to where it is stored, without the login', async t => {
  const storage = await startScriptedRegistry(t, () => ({ body: BLOB }))
  const registry = await startScriptedRegistry(t, ({ url, headers }) =>
    url === '/v2/' || headers.authorization === undefined
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm=x' } }
      : { status: 307, headers: { location: `${storage.url}/bucket/blob?X-Amz-Signature=abc%2Fd` } },
  )
  const { access } = await openTestClient(t, {
    env: { REGISTRY_AUTH_FILE: await authFileFor(t, registry.host) },
  })
  const stream = await readerOf(access, `${registry.host}/acme/app`).blob(DESCRIPTOR, SIGNAL)
  assert.deepEqual(await collect(stream), BLOB)
  assert.equal(storage.requests[0]?.headers.authorization, undefined)
  assert.equal(storage.requests[0]?.url, '/bucket/blob?X-Amz-Signature=abc%2Fd')
})

async function authFileFor(t: Parameters<typeof openTestClient>[0], host: string): Promise<string> {
  const { writeFileSync } = await import('node:fs')
  const { temporaryFolder } = await import('../../../testdata/temp.ts')
  const file = `${temporaryFolder(t)}/auth.json`
  writeFileSync(file, JSON.stringify({ auths: { [host]: { username: 'u', password: 'p' } } }))
  return file
}

test('a signed address that ran out is asked for anew', async t => {
  let refusals = 1
  const storage = await startScriptedRegistry(t, () => (refusals-- > 0 ? { status: 403 } : { body: BLOB }))
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : { status: 307, headers: { location: storage.url } },
  )
  const { access } = await openTestClient(t)
  assert.deepEqual(await collect(await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)), BLOB)
  assert.equal(registry.asked.length, 2)
})

test('a blob with wrong bytes is never delivered whole', async t => {
  const wrong = Buffer.from(BLOB)
  wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1
  const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : { body: wrong }))
  const { access } = await openTestClient(t)
  const stream = await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)
  let delivered = 0
  await assert.rejects(async () => {
    for await (const chunk of stream) delivered += chunk.length
  }, DigestMismatchError)
  assert.ok(delivered < BLOB.length)
})

test('a blob whose connection breaks fails as something that may be tried again', async t => {
  const registry = await startScriptedRegistry(t, ({ url }, { response }) => {
    if (url === '/v2/') return undefined
    response.writeHead(200, { 'content-length': String(BLOB.length) })
    response.write(BLOB.subarray(0, 100_000), () => response.destroy())
    return 'handled'
  })
  const { access } = await openTestClient(t)
  const stream = await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)
  await assert.rejects(collect(stream), (error: unknown) => {
    assert.ok(error instanceof PlaceError)
    assert.equal(error.retryable, true)
    assert.match(error.message, /^cannot read the blob .* closed the connection/)
    return true
  })
})

test('a blob that stops coming is given up after a time without progress', async t => {
  const registry = await startScriptedRegistry(t, ({ url }, { response }) => {
    if (url === '/v2/') return undefined
    response.writeHead(200, { 'content-length': String(BLOB.length) })
    response.write(BLOB.subarray(0, 1000))
    return 'handled'
  })
  const { access } = await openTestClient(t, { timeouts: { body: 50 } })
  const stream = await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)
  await assert.rejects(collect(stream), /stopped answering/)
})

test('a stream that its reader leaves closes its connection', async t => {
  let closed: () => void = () => {}
  const whenClosed = new Promise<void>(resolve => {
    closed = resolve
  })
  const registry = await startScriptedRegistry(t, ({ url }, { response }) => {
    if (url === '/v2/') return undefined
    response.on('close', closed)
    response.writeHead(200, { 'content-length': String(BLOB.length) })
    response.write(BLOB.subarray(0, 200_000))
    return 'handled'
  })
  const { access } = await openTestClient(t)
  for await (const chunk of await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)) {
    assert.ok(chunk.length > 0)
    break
  }
  await whenClosed
})

test('a missing blob is an error with status 404', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry'),
  )
  const { access } = await openTestClient(t)
  await assert.rejects(readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL), {
    status: 404,
    message: `cannot read the blob ${registry.host}/a@${DESCRIPTOR.digest}: ${registry.host} answered 404 BLOB_UNKNOWN: blob unknown to registry`,
  })
})

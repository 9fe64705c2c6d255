import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { OCI_INDEX } from '../../../lib/oci/media-types.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import {
  type Handler,
  openTestClient,
  type Reply,
  readerOf,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const TEXT = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] })
const DIGEST = digestOf(TEXT)
const BLOB = { mediaType: 'x', digest: DIGEST, size: TEXT.length }
const SERVED: Reply = {
  headers: {
    'content-type': OCI_INDEX,
    'docker-content-digest': DIGEST,
    'content-length': String(TEXT.length),
  },
  body: TEXT,
}
const SERVES: Handler = ({ url }) => (url === '/v2/' ? undefined : SERVED)
const LACKS: Handler = () => undefined
const REFUSES: Handler = ({ url }) => (url === '/v2/' ? undefined : { status: 410, body: 'gone' })

/** A logical repository `logical.example/acme/app`, whose own registry and mirrors are scripted. */
async function openMirrored(t: TestEnd, origin: Handler, ...mirrors: readonly Handler[]) {
  const registries = await Promise.all([origin, ...mirrors].map(handler => startScriptedRegistry(t, handler)))
  const [own, ...others] = registries
  const conf = path.join(temporaryFolder(t), 'registries.conf')
  writeFileSync(
    conf,
    [
      `[[registry]]\nprefix = "logical.example"\nlocation = "${own?.host}/own"\n`,
      ...others.map(({ host }, at) => `[[registry.mirror]]\nlocation = "${host}/mirror${at + 1}"\n`),
    ].join(''),
  )
  const client = await openTestClient(t, { registriesConf: conf, retries: 0 })
  return { ...client, registries, reader: readerOf(client.access, 'logical.example/acme/app') }
}

test('a mirror that has the image serves it, under the name of the image set', async t => {
  const { reader, registries } = await openMirrored(t, SERVES, SERVES)
  assert.equal(reader.name, 'logical.example/acme/app')
  assert.equal((await reader.resolve('v1' as never, SIGNAL))?.digest, DIGEST)
  await reader.manifest(DIGEST, SIGNAL)
  assert.deepEqual(registries[0]?.requests, [])
  assert.deepEqual(registries[1]?.asked, [
    'HEAD /v2/mirror1/acme/app/manifests/v1',
    `GET /v2/mirror1/acme/app/manifests/${DIGEST}`,
  ])
})

test('mirrors that lack the image or fail are passed over, the registry itself comes last', async t => {
  const { reader, registries } = await openMirrored(t, SERVES, LACKS, REFUSES)
  assert.equal((await reader.resolve('v1' as never, SIGNAL))?.digest, DIGEST)
  assert.deepEqual(
    registries.map(({ asked }) => asked),
    [
      ['HEAD /v2/own/acme/app/manifests/v1'],
      ['HEAD /v2/mirror1/acme/app/manifests/v1'],
      ['HEAD /v2/mirror2/acme/app/manifests/v1'],
    ],
  )
})

test('blobs come from where the manifest came from, and from elsewhere when it fails', async t => {
  const manifestsOnly: Handler = asked =>
    asked.path.includes('/blobs/') ? undefined : SERVES(asked, undefined as never)
  const { reader, registries } = await openMirrored(t, SERVES, LACKS, manifestsOnly)
  await reader.manifest(DIGEST, SIGNAL)
  const chunks: Uint8Array[] = []
  for await (const chunk of await reader.blob(BLOB, SIGNAL)) chunks.push(chunk)
  assert.equal(Buffer.concat(chunks).toString(), TEXT)
  assert.deepEqual(registries[2]?.asked.at(-1), `GET /v2/mirror2/acme/app/blobs/${DIGEST}`)
  assert.deepEqual(registries[0]?.asked, [`GET /v2/own/acme/app/blobs/${DIGEST}`])
})

test('a tag that no endpoint has is not there', async t => {
  const { reader } = await openMirrored(t, LACKS, LACKS)
  assert.equal(await reader.resolve('v1' as never, SIGNAL), undefined)
})

test('when nothing serves, the error names the image and lists every endpoint and its reason', async t => {
  const { reader, registries } = await openMirrored(t, LACKS, REFUSES)
  const [own, mirror] = registries.map(({ host }) => host)
  await assert.rejects(reader.manifest(DIGEST, SIGNAL), {
    message: `cannot read the manifest logical.example/acme/app@${DIGEST}: no endpoint served it: ${mirror}/mirror1/acme/app: ${mirror} answered 410 gone; ${own}/own/acme/app: ${own} does not have it`,
    status: 404,
  })
  await assert.rejects(reader.resolve('v1' as never, SIGNAL), /no endpoint served it/)
})

test('in an enclave, what the mirror lacks is not there although the registry itself cannot be reached', async t => {
  const one: Handler = asked => (asked.path.endsWith('/v1') ? SERVED : undefined)
  const mirror = await startScriptedRegistry(t, one)
  const conf = path.join(temporaryFolder(t), 'registries.conf')
  writeFileSync(
    conf,
    `[[registry]]\nlocation = "gone.invalid"\n[[registry.mirror]]\nlocation = "${mirror.host}"\n`,
  )
  const { access } = await openTestClient(t, { registriesConf: conf, retries: 0 })
  const reader = readerOf(access, 'gone.invalid/acme/app')
  await assert.rejects(reader.resolve('v2' as never, SIGNAL), /gone.invalid cannot be found|did not answer/)
  assert.equal((await reader.resolve('v1' as never, SIGNAL))?.digest, DIGEST)
  assert.equal(await reader.resolve('v2' as never, SIGNAL), undefined)
})

test('a mirror that was away a moment ago is asked last, and first again later', async t => {
  let away = true
  const { reader, registries, advance } = await openMirrored(t, SERVES, ({ url }) =>
    away && url !== '/v2/' ? { status: 503 } : url === '/v2/' ? undefined : SERVED,
  )
  const asked = () => registries.map(registry => registry.asked.length)
  await reader.resolve('v1' as never, SIGNAL)
  await reader.resolve('v2' as never, SIGNAL)
  assert.deepEqual(asked(), [2, 1])
  away = false
  advance(60_000)
  await reader.resolve('v3' as never, SIGNAL)
  assert.deepEqual(asked(), [2, 2])
})

test('the same source gives the same reader', async t => {
  const { access } = await openTestClient(t)
  assert.equal(readerOf(access, 'quay.io/a/b:1'), readerOf(access, 'quay.io/a/b:2'))
  assert.notEqual(readerOf(access, 'quay.io/a/b'), readerOf(access, 'quay.io/a/c'))
})

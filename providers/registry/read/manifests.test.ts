import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DigestMismatchError, PlaceError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { DOCKER_LIST, MANIFEST_ACCEPT, OCI_INDEX, OCI_MANIFEST } from '../../../lib/oci/media-types.ts'
import {
  openTestClient,
  type Reply,
  readerOf,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const TEXT = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] })
const DIGEST = digestOf(TEXT)
const FULL = { 'content-type': `${OCI_INDEX}; charset=utf-8`, 'docker-content-digest': DIGEST }

function found(headers: Readonly<Record<string, string>>, body = TEXT): Reply {
  return { headers: { 'content-length': String(body.length), ...headers }, body }
}

test('a tag is looked up by HEAD alone, offering every manifest type', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : found(FULL)))
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/acme/app`)
  assert.equal(reader.name, `${registry.host}/acme/app`)
  assert.deepEqual(await reader.resolve('v1' as never, SIGNAL), {
    mediaType: OCI_INDEX,
    digest: DIGEST,
    size: TEXT.length,
  })
  assert.deepEqual(registry.asked, ['HEAD /v2/acme/app/manifests/v1'])
  assert.equal(registry.requests.at(-1)?.headers.accept, MANIFEST_ACCEPT)
})

test('a tag, a manifest and a repository that are not there are told apart from errors', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/acme/app`)
  assert.equal(await reader.resolve('v1' as never, SIGNAL), undefined)
  assert.equal(await reader.resolve(DIGEST, SIGNAL), undefined)
  await assert.rejects(reader.manifest(DIGEST, SIGNAL), (error: unknown) => {
    assert.ok(error instanceof PlaceError)
    assert.equal(error.status, 404)
    assert.equal(
      error.message,
      `cannot read the manifest ${registry.host}/acme/app@${DIGEST}: ${registry.host} does not have it`,
    )
    return true
  })
})

for (const [what, headers] of [
  ['no digest', { 'content-type': OCI_INDEX }],
  ['no useful media type', { ...FULL, 'content-type': 'application/json' }],
] as const)
  test(`a HEAD that tells ${what} is followed by a GET, and is not asked for again`, async t => {
    const registry = await startScriptedRegistry(t, ({ url }) =>
      url === '/v2/' ? undefined : found(headers),
    )
    const { access } = await openTestClient(t)
    const reader = readerOf(access, `${registry.host}/acme/app`)
    const expected = { mediaType: OCI_INDEX, digest: DIGEST, size: TEXT.length }
    assert.deepEqual(await reader.resolve('v1' as never, SIGNAL), expected)
    assert.deepEqual(await reader.resolve('v2' as never, SIGNAL), expected)
    assert.deepEqual(
      registry.asked.map(line => line.split(' ')[0]),
      ['HEAD', 'GET', 'GET'],
    )
  })

test('a registry that does not take HEAD is asked with GET', async t => {
  const registry = await startScriptedRegistry(t, ({ method, url }) =>
    url === '/v2/' ? undefined : method === 'HEAD' ? { status: 405 } : found(FULL),
  )
  const { access } = await openTestClient(t)
  assert.equal((await readerOf(access, `${registry.host}/a`).resolve('v1' as never, SIGNAL))?.digest, DIGEST)
})

test('a manifest comes byte for byte, with the media type it calls itself', async t => {
  const text = ` ${JSON.stringify({ schemaVersion: 2, mediaType: DOCKER_LIST, manifests: [] }, undefined, 3)}\n`
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : found({ 'content-type': 'text/plain' }, text),
  )
  const { access } = await openTestClient(t)
  const manifest = await readerOf(access, `${registry.host}/a`).manifest(digestOf(text), SIGNAL)
  assert.equal(Buffer.from(manifest.bytes).toString(), text)
  assert.equal(manifest.mediaType, DOCKER_LIST)
})

test('a manifest without a media type of its own has the server’s, or the one its fields show', async t => {
  const text = JSON.stringify({ schemaVersion: 2, layers: [] })
  let type = 'application/octet-stream'
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : found({ 'content-type': type }, text),
  )
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/a`)
  assert.equal((await reader.manifest(digestOf(text), SIGNAL)).mediaType, OCI_MANIFEST)
  type = 'application/vnd.docker.distribution.manifest.v2+json'
  assert.equal((await reader.manifest(digestOf(text), SIGNAL)).mediaType, type)
})

test('bytes that are not what was asked for are refused, by digest and by the digest the server states', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : found({ ...FULL, 'content-type': 'x' }, `${TEXT} `),
  )
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/a`)
  await assert.rejects(reader.manifest(DIGEST, SIGNAL), DigestMismatchError)
  await assert.rejects(reader.resolve('v1' as never, SIGNAL), DigestMismatchError)
})

for (const [times, isGot] of [
  [5, true],
  [6, false],
] as const)
  test(`a manifest that comes damaged ${times} times in a row is asked for again${isGot ? '' : ', as often as anything else, and then an error'}`, async t => {
    const registry = await startScriptedRegistry(t, ({ url }) =>
      url === '/v2/' ? undefined : found(FULL, registry.asked.length <= times ? `${TEXT} ` : TEXT),
    )
    const { access } = await openTestClient(t)
    const reading = readerOf(access, `${registry.host}/a`).manifest(DIGEST, SIGNAL)
    if (isGot) assert.equal((await reading).digest, DIGEST)
    else await assert.rejects(reading, { name: 'DigestMismatchError', actual: digestOf(`${TEXT} `) })
    assert.equal(registry.asked.length, 6)
  })

test('a manifest larger than registries have to take is refused', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : { body: Buffer.alloc(4 * 1024 * 1024 + 1) },
  )
  const { access } = await openTestClient(t)
  await assert.rejects(
    readerOf(access, `${registry.host}/a`).manifest(DIGEST, SIGNAL),
    /larger than the 4 MiB/,
  )
})

test('a web page with status 200 is no manifest', async t => {
  const registry = await startScriptedRegistry(t, () => ({
    headers: { 'content-type': 'text/html' },
    body: '<html>',
  }))
  const { access } = await openTestClient(t)
  await assert.rejects(
    readerOf(access, `${registry.host}/a`).resolve('v1' as never, SIGNAL),
    /answered 200 with a web page/,
  )
})

test('an error says what was asked, of whom, and what the registry said', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(418, 'TEAPOT', 'short and stout'),
  )
  const { access } = await openTestClient(t)
  await assert.rejects(readerOf(access, `${registry.host}/a/b`).manifest(DIGEST, SIGNAL), {
    name: 'RegistryError',
    message: `cannot read the manifest ${registry.host}/a/b@${DIGEST}: ${registry.host} answered 418 TEAPOT: short and stout`,
    status: 418,
    code: 'TEAPOT',
  })
})

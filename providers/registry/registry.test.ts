import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { cosignTag } from '../../lib/oci/attachment-tags.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../testdata/bytes.ts'
import { makeCertificates } from '../../testdata/certificates.ts'
import {
  type DockerRegistryOptions,
  skipWithout,
  startDockerRegistry,
  TEST_PASSWORD,
} from '../../testdata/docker-registry.ts'
import { type Built, buildImage, buildIndex, manifestsOf } from '../../testdata/images.ts'
import { pushImage, pushToServer } from '../../testdata/push.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { openTestClient, openTestTarget, readerOf, SIGNAL } from './testing/scripted-registry.ts'

const withoutRegistry = skipWithout('docker-registry')
const IMAGE = buildImage({ seed: 'app' })
const INDEX = buildIndex([
  buildImage({ seed: 'amd64' }),
  buildImage({ seed: 'arm64', platform: { os: 'linux', architecture: 'arm64' } }),
])

async function start(t: TestEnd, options: DockerRegistryOptions = {}) {
  const registry = await startDockerRegistry(options)
  t.after(() => registry.close())
  return registry
}

async function copyBetween(
  reader: ReturnType<typeof readerOf>,
  target: Awaited<ReturnType<typeof openTestTarget>>['repository'],
  image: Built,
  tag: string,
): Promise<void> {
  for (const { manifest, blobs } of manifestsOf(image)) {
    for (const [digest, { length }] of blobs) {
      const descriptor = { mediaType: 'application/octet-stream', digest, size: length }
      await target.pushBlob(descriptor, { open: signal => reader.blob(descriptor, signal) }, SIGNAL)
    }
    const raw = await reader.manifest(manifest.digest, SIGNAL)
    await target.pushManifest(raw, manifest === image.manifest ? (tag as never) : raw.digest, SIGNAL)
  }
}

test('docker-registry: an index with its images is copied byte for byte', {
  skip: withoutRegistry,
}, async t => {
  const [source, destination] = await Promise.all([start(t), start(t)])
  const digest = await pushToServer(source.url, 'acme/app', 'v1', INDEX)
  const { access, repository } = await openTestTarget(t, destination.host, 'ocp/acme/app')
  const reader = readerOf(access, `${source.host}/acme/app`)
  assert.equal((await reader.resolve('v1' as never, SIGNAL))?.digest, digest)
  await copyBetween(reader, repository, INDEX, 'v1')
  const copied = await repository.manifest(digest, SIGNAL)
  assert.deepEqual(Buffer.from(copied.bytes), Buffer.from(INDEX.manifest.bytes))
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['v1'], complete: true })
  assert.equal(await repository.referrers(digest, SIGNAL), undefined)
})

test('docker-registry: skopeo reads what was pushed', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async t => {
  const registry = await start(t)
  const { access, address } = await openTestTarget(t, registry.host)
  await pushImage(access.target(address), 'acme/app', 'v1', IMAGE)
  const args = ['inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/acme/app:v1`]
  assert.deepEqual(execFileSync('skopeo', args), Buffer.from(IMAGE.manifest.bytes))
})

test('docker-registry: a blob is mounted from another repository, and uploaded where that has none', {
  skip: withoutRegistry,
}, async t => {
  const registry = await start(t)
  const { access, address } = await openTestTarget(t, registry.host)
  const target = access.target(address)
  const blob = bytesFromSeed('shared', 200_000)
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
  const content = (mountFrom?: string) => ({
    open: async () =>
      (async function* () {
        yield blob
      })(),
    ...(mountFrom && { mountFrom: mountFrom as never }),
  })
  const push = (path: string, from?: string) =>
    target.repository(path as never).pushBlob(descriptor, content(from), SIGNAL)
  assert.equal(await push('one'), 'uploaded')
  assert.equal(await push('two', 'one'), 'mounted')
  assert.equal(await push('three', 'empty'), 'uploaded')
  for (const path of ['one', 'two', 'three'])
    assert.equal(await target.repository(path as never).hasBlob(descriptor, SIGNAL), true)
  assert.equal(await target.repository('empty' as never).hasBlob(descriptor, SIGNAL), false)
})

test('docker-registry: many tags are listed to the end', { skip: withoutRegistry }, async t => {
  const registry = await start(t)
  const { access, address, repository } = await openTestTarget(t, registry.host)
  await pushImage(access.target(address), 'acme/app', 'first', IMAGE)
  const tags = Array.from({ length: 30 }, (_, at) => `v${at}`)
  await Promise.all(tags.map(tag => repository.pushManifest(IMAGE.manifest, tag as never, SIGNAL)))
  const signature = cosignTag(IMAGE.manifest.digest, 'sig')
  assert.ok(signature)
  await repository.pushManifest(IMAGE.manifest, signature, SIGNAL)
  assert.deepEqual(await repository.tags(SIGNAL), {
    tags: ['first', signature, ...tags].sort(),
    complete: true,
  })
})

for (const allowDelete of [true, false])
  test(`docker-registry: what it can do is known beforehand, deletes ${allowDelete ? 'on' : 'off'}`, {
    skip: withoutRegistry,
  }, async t => {
    const registry = await start(t, { allowDelete })
    const { access, address, repository } = await openTestTarget(t, registry.host)
    await pushImage(access.target(address), 'acme/app', 'v1', IMAGE)
    const asked = ['deleteTag', 'deleteManifest', 'sparseIndex', 'referrersApi'] as const
    assert.deepEqual(await access.target(address).abilities('acme/app' as never, asked, SIGNAL), {
      deleteTag: 'no',
      deleteManifest: allowDelete ? 'yes' : 'no',
      sparseIndex: 'no',
      referrersApi: 'no',
    })
    const deletion = repository.deleteManifest(IMAGE.manifest.digest, SIGNAL)
    if (!allowDelete) return assert.rejects(deletion, { status: 405 })
    await deletion
    assert.equal(await repository.resolve('v1' as never, SIGNAL), undefined)
    return repository.deleteManifest(IMAGE.manifest.digest, SIGNAL)
  })

test('docker-registry: it does refuse an index whose children are missing', {
  skip: withoutRegistry,
}, async t => {
  const registry = await start(t)
  const { repository } = await openTestTarget(t, registry.host)
  await assert.rejects(repository.pushManifest(INDEX.manifest, 'v1' as never, SIGNAL), (error: Error) => {
    assert.match(error.message, /MANIFEST_BLOB_UNKNOWN|MANIFEST_UNKNOWN|BLOB_UNKNOWN/)
    return true
  })
})

test('docker-registry: a password and a private authority work through --authfile and certs.d', {
  skip: skipWithout('docker-registry', 'openssl'),
}, async t => {
  const root = temporaryFolder(t)
  const tls = makeCertificates(root)
  const registry = await start(t, { tls, htpasswd: { user: 'mirror', password: TEST_PASSWORD } })
  const certs = path.join(root, 'certs.d', registry.host)
  mkdirSync(certs, { recursive: true })
  writeFileSync(path.join(certs, 'ca.crt'), tls.pem.ca)
  const write = (name: string, password: string) => {
    const file = path.join(root, name)
    const auth = Buffer.from(`mirror:${password}`).toString('base64')
    writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { auth } } }))
    return file
  }
  const options = { srcTlsVerify: true, destTlsVerify: true, certsDirs: [path.join(root, 'certs.d')] }
  const seen: string[] = []
  const good = await openTestTarget(t, registry.host, 'acme/app', {
    ...options,
    authFile: write('auth.json', TEST_PASSWORD),
    onRequest: request => seen.push(inspect(request)),
  })
  await pushImage(good.access.target(good.address), 'acme/app', 'v1', IMAGE)
  const reader = readerOf(good.access, `${registry.host}/acme/app`)
  assert.equal((await reader.resolve('v1' as never, SIGNAL))?.digest, IMAGE.manifest.digest)
  assert.ok(seen.every(line => line.includes('https://') && !line.includes(TEST_PASSWORD)))
  const wrong = 'c4n4ry-wr0ng'
  const bad = await openTestTarget(t, registry.host, 'acme/app', {
    ...options,
    authFile: write('bad.json', wrong),
  })
  await assert.rejects(bad.repository.resolve('v1' as never, SIGNAL), (error: Error) => {
    assert.match(error.message, /answered 401/)
    assert.match(inspect(error), /check the user and password in .*bad.json/)
    assert.doesNotMatch(inspect(error, { depth: 20 }), new RegExp(wrong))
    return true
  })
  const stranger = await openTestClient(t, { ...options, certsDirs: [] })
  await assert.rejects(
    readerOf(stranger.access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL),
    /is not signed by an authority this machine trusts/,
  )
  const named = await openTestClient(t, {
    ...options,
    certsDirs: [],
    authorityFile: tls.ca,
    authFile: write('auth.json', TEST_PASSWORD),
  })
  const known = readerOf(named.access, `${registry.host}/acme/app`)
  assert.equal((await known.resolve('v1' as never, SIGNAL))?.digest, IMAGE.manifest.digest)
  const none = openTestClient(t, { ...options, authorityFile: path.join(root, 'auth.json') })
  await assert.rejects(none, /cannot use the authorities in .*auth\.json/)
})

test('docker-registry: a large blob streams through without being held in memory', {
  skip: withoutRegistry,
}, async t => {
  const [source, destination] = await Promise.all([start(t), start(t)])
  const size = 256 * 1024 * 1024
  const blob = bytesFromSeed('large', size)
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size }
  const seeding = await openTestTarget(t, source.host, 'big')
  await seeding.repository.pushBlob(
    descriptor,
    {
      open: async () =>
        (async function* () {
          yield blob
        })(),
    },
    SIGNAL,
  )
  const { access, repository } = await openTestTarget(t, destination.host, 'big')
  const reader = readerOf(access, `${source.host}/big`)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const open = async (signal: AbortSignal) => {
    const stream = await reader.blob(descriptor, signal)
    return (async function* () {
      for await (const chunk of stream) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        yield chunk
      }
    })()
  }
  assert.equal(await repository.pushBlob(descriptor, { open }, SIGNAL), 'uploaded')
  // The collector lets garbage of about 64 MiB lie before it runs; a buffered blob would show as a whole.
  assert.ok(most < size / 2, `${most} bytes held`)
  assert.equal(await repository.hasBlob(descriptor, SIGNAL), true)
})

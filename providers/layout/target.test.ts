/** A layout folder as a target. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { DigestMismatchError, PlaceError } from '../../lib/errors.ts'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import type { BlobContent } from '../../lib/provider.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import {
  buildArtifact,
  buildImage,
  buildIndex,
  buildMultiArch,
  bytesFromSeed,
} from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { withoutRoot } from '../../testdata/without-root.ts'
import { collectGarbage } from './garbage.ts'
import { blobPath } from './paths.ts'
import { openLayoutTarget } from './target.ts'

const run = promisify(execFile)
const SIGNAL = new AbortController().signal
const APP = parseRepositoryPath('acme/app')
const OTHER = parseRepositoryPath('acme/other')
const V1 = parseTag('v1')
const V2 = parseTag('v2')
const IMAGE = buildMultiArch({ seed: 'target' })
const BLOB = bytesFromSeed('blob', 3_000_000)
const DESCRIPTOR = { mediaType: 'application/octet-stream', digest: digestOf(BLOB), size: BLOB.length }

function content(bytes: Uint8Array, chunk = 100_000): BlobContent {
  return {
    open: async () =>
      (async function* () {
        for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
      })(),
  }
}

function incoming(folder: string): readonly string[] {
  return readdirSync(path.join(folder, '.mirrorform', 'incoming'))
}

test('asking an empty folder changes nothing in it', async t => {
  const folder = path.join(temporaryFolder(t), 'not', 'there', 'yet')
  const repository = openLayoutTarget(folder).repository(APP)
  assert.equal(await repository.resolve(V1, SIGNAL), undefined)
  assert.equal(await repository.tags(SIGNAL), undefined)
  assert.equal(await repository.hasBlob(DESCRIPTOR, SIGNAL), false)
  assert.deepEqual(await repository.referrers(IMAGE.manifest.digest, SIGNAL), [])
  await repository.deleteTag(V1, SIGNAL)
  await repository.deleteManifest(IMAGE.manifest.digest, SIGNAL)
  assert.equal(existsSync(folder), false)
})

test('a folder can do everything a plan may ask for', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  assert.deepEqual(await target.abilities(APP, ['deleteTag', 'sparseIndex'], SIGNAL), {
    deleteTag: 'yes',
    deleteManifest: 'yes',
    sparseIndex: 'yes',
    referrersApi: 'yes',
  })
})

test('what was pushed is read back, by tag and by digest, verbatim', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  const repository = target.repository(APP)
  const { mediaType, digest, bytes } = IMAGE.manifest
  const descriptor = { mediaType, digest, size: bytes.length }
  assert.deepEqual(await repository.resolve(V1, SIGNAL), descriptor)
  assert.deepEqual(await repository.resolve(digest, SIGNAL), descriptor)
  assert.deepEqual(Buffer.from((await repository.manifest(digest, SIGNAL)).bytes), Buffer.from(bytes))
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['v1'], complete: true })
  assert.equal(await target.repository(OTHER).tags(SIGNAL), undefined)
})

test('a long list of tags is cut at the limit and says so', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  for (const tag of ['c', 'a', 'b']) await pushImage(target, 'acme/app', tag, IMAGE)
  assert.deepEqual(await target.repository(APP).tags(SIGNAL, 2), { tags: ['a', 'b'], complete: false })
})

test('a blob is uploaded once and mounted for other repositories', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  assert.equal(await target.repository(APP).pushBlob(DESCRIPTOR, content(BLOB), SIGNAL), 'uploaded')
  const never: BlobContent = { open: () => assert.fail('the content is not needed'), mountFrom: APP }
  assert.equal(await target.repository(OTHER).pushBlob(DESCRIPTOR, never, SIGNAL), 'mounted')
  const absent = { ...DESCRIPTOR, digest: digestOf('x'), size: 1 }
  const there = { ...content(Buffer.from('x')), mountFrom: APP }
  assert.equal(await target.repository(OTHER).pushBlob(absent, there, SIGNAL), 'uploaded')
})

test('bytes that are not the blob are refused and leave nothing behind', async t => {
  const folder = temporaryFolder(t)
  const repository = openLayoutTarget(folder).repository(APP)
  const wrong = [BLOB.subarray(1), Buffer.concat([BLOB, BLOB]), bytesFromSeed('other', BLOB.length)]
  for (const bytes of wrong)
    await assert.rejects(repository.pushBlob(DESCRIPTOR, content(bytes), SIGNAL), DigestMismatchError)
  assert.equal(await repository.hasBlob(DESCRIPTOR, SIGNAL), false)
  assert.deepEqual(incoming(folder), [])
})

test('a push that is interrupted, or whose source fails, leaves nothing behind', async t => {
  const folder = temporaryFolder(t)
  const repository = openLayoutTarget(folder).repository(APP)
  const stop = new AbortController()
  const interrupted: BlobContent = {
    open: async () =>
      (async function* () {
        yield BLOB.subarray(0, 10)
        stop.abort()
        yield BLOB.subarray(10)
      })(),
  }
  await assert.rejects(repository.pushBlob(DESCRIPTOR, interrupted, stop.signal), { name: 'AbortError' })
  assert.deepEqual(incoming(folder), [])
})

test('a blob of the wrong length on disk is not there, and pushing repairs it', async t => {
  const folder = temporaryFolder(t)
  const repository = openLayoutTarget(folder).repository(APP)
  mkdirSync(path.dirname(blobPath(folder, DESCRIPTOR.digest)), { recursive: true })
  writeFileSync(blobPath(folder, DESCRIPTOR.digest), 'short')
  assert.equal(await repository.hasBlob(DESCRIPTOR, SIGNAL), false)
  await repository.pushBlob(DESCRIPTOR, { ...content(BLOB), mountFrom: OTHER }, SIGNAL)
  assert.equal(digestOf(readFileSync(blobPath(folder, DESCRIPTOR.digest))), DESCRIPTOR.digest)
})

test('an image whose blobs are not in the layout is refused', async t => {
  const repository = openLayoutTarget(temporaryFolder(t)).repository(APP)
  await assert.rejects(
    repository.pushManifest(buildImage().manifest, V1, SIGNAL),
    (error: unknown) => error instanceof PlaceError && error.code === 'MANIFEST_BLOB_UNKNOWN',
  )
})

test('an index may lack children', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  const sparse = { ...buildIndex([buildImage({ seed: 'left out' })]), children: [] }
  await pushImage(target, 'acme/app', 'v1', sparse)
  assert.equal((await target.repository(APP).resolve(V1, SIGNAL))?.digest, sparse.manifest.digest)
})

test('children are only blobs, and a referrer is listed without a name, for its own repository', async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  const referrer = buildArtifact({ artifactType: 'application/vnd.a', subject: IMAGE })
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await pushImage(target, 'acme/other', 'v1', IMAGE)
  await pushImage(target, 'acme/app', undefined, referrer)
  const index = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as { manifests: unknown[] }
  assert.equal(index.manifests.length, 3)
  assert.deepEqual(await target.repository(APP).referrers(IMAGE.manifest.digest, SIGNAL), [
    referrer.descriptor,
  ])
  assert.deepEqual(await target.repository(OTHER).referrers(IMAGE.manifest.digest, SIGNAL), [])
})

test('deleting a tag keeps the other tags on its digest; deleting the manifest takes them, in this repository', async t => {
  const target = openLayoutTarget(temporaryFolder(t))
  const digestAt = async (repository: typeof APP, tag: typeof V1): Promise<Digest | undefined> =>
    (await target.repository(repository).resolve(tag, SIGNAL))?.digest
  for (const [repository, tag] of [
    ['acme/app', 'v1'],
    ['acme/app', 'v2'],
    ['acme/other', 'v1'],
  ] as const)
    await pushImage(target, repository, tag, IMAGE)
  await target.repository(APP).deleteTag(V1, SIGNAL)
  assert.deepEqual([await digestAt(APP, V1), await digestAt(APP, V2)], [undefined, IMAGE.manifest.digest])
  await target.repository(APP).deleteManifest(IMAGE.manifest.digest, SIGNAL)
  assert.deepEqual([await digestAt(APP, V2), await digestAt(OTHER, V1)], [undefined, IMAGE.manifest.digest])
})

test('a hundred tags pushed at once are all in the index, which is the same whatever the order', async t => {
  const text = async (tags: readonly string[]): Promise<string> => {
    const folder = temporaryFolder(t)
    const target = openLayoutTarget(folder)
    await Promise.all(tags.map(tag => pushImage(target, 'acme/app', tag, IMAGE)))
    return readFileSync(path.join(folder, 'index.json'), 'utf8')
  }
  const tags = Array.from({ length: 100 }, (_, at) => `v${at}`)
  const forward = await text(tags)
  assert.equal(forward.split('\n').filter(line => line.includes('acme/app:v')).length, 100)
  assert.equal(await text(tags.reverse()), forward)
})

test('two programs that write one after the other see each other', async t => {
  const folder = temporaryFolder(t)
  const [one, two] = [openLayoutTarget(folder), openLayoutTarget(folder)]
  await pushImage(one, 'acme/app', 'v1', IMAGE)
  await pushImage(two, 'acme/app', 'v2', IMAGE)
  await pushImage(one, 'acme/app', 'v3', IMAGE)
  for (const target of [one, two])
    assert.deepEqual((await target.repository(APP).tags(SIGNAL))?.tags, ['v1', 'v2', 'v3'])
})

test('a folder that cannot be written is a place error with a hint', async t => {
  const folder = temporaryFolder(t)
  await chmod(folder, 0o555)
  await withoutRoot(() =>
    assert.rejects(
      pushImage(openLayoutTarget(folder), 'acme/app', 'v1', IMAGE),
      (error: unknown) => error instanceof PlaceError && error.hint?.includes('writable') === true,
    ),
  )
})

test('a path through a file is a place error', async t => {
  const file = path.join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  await assert.rejects(
    openLayoutTarget(path.join(file, 'layout')).repository(APP).pushBlob(DESCRIPTOR, content(BLOB), SIGNAL),
    PlaceError,
  )
})

test('garbage is collected only when asked, and takes only what nothing reaches', async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  const stays = buildImage({ seed: 'stays' })
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await pushImage(target, 'acme/app', 'v2', stays)
  await target.repository(APP).deleteTag(V1, SIGNAL)
  assert.ok(existsSync(blobPath(folder, IMAGE.manifest.digest)))
  const collected = await collectGarbage(folder)
  assert.ok(collected.blobs > 0 && collected.bytes > 0)
  assert.equal(existsSync(blobPath(folder, IMAGE.manifest.digest)), false)
  for (const digest of [stays.manifest.digest, ...stays.blobs.keys()])
    assert.ok(existsSync(blobPath(folder, digest)))
  assert.deepEqual(await collectGarbage(folder), { blobs: 0, bytes: 0 })
})

test('garbage collection removes nothing while something that stays is damaged', async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await target.repository(APP).pushBlob(DESCRIPTOR, content(BLOB), SIGNAL)
  const child = IMAGE.children[0]?.manifest.digest ?? digestOf('')
  writeFileSync(blobPath(folder, child), '{}')
  await assert.rejects(collectGarbage(folder), DigestMismatchError)
  assert.ok(existsSync(blobPath(folder, DESCRIPTOR.digest)))
})

test('skopeo copies out of the folder by repository:tag', { skip: skipWithout('skopeo') }, async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await pushImage(target, 'other', 'latest', buildImage({ seed: 'single' }))
  const out = temporaryFolder(t)
  await run('skopeo', ['copy', '--all', `oci:${folder}:acme/app:v1`, `dir:${out}/app`])
  await run('skopeo', ['copy', `oci:${folder}:other:latest`, `dir:${out}/other`])
  const { stdout } = await run('skopeo', ['inspect', '--raw', `oci:${folder}:acme/app:v1`])
  assert.equal(stdout, Buffer.from(IMAGE.manifest.bytes).toString())
})

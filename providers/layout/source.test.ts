/** Layout folders as sources: our own, other tools', and damaged ones. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { DigestMismatchError, PlaceError } from '../../lib/errors.ts'
import { parseManifest } from '../../lib/oci/manifest.ts'
import { parseTag } from '../../lib/oci/reference.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { buildArtifact, buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { pushImage, pushToServer } from '../../testdata/push.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { blobPath } from './paths.ts'
import { openLayoutSource } from './source.ts'
import { openLayoutTarget } from './target.ts'

const run = promisify(execFile)
const SIGNAL = new AbortController().signal
const LATEST = parseTag('latest')
const V1 = parseTag('v1')
const IMAGE = buildMultiArch({ seed: 'source' })
const SIGNATURE = buildCosignSignature(IMAGE.manifest.digest)
const CORPUS = path.join(process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'oci')

async function layoutWith(
  t: TestEnd,
  ...images: readonly (readonly [string, string | undefined, typeof IMAGE])[]
) {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  for (const [repository, tag, image] of images) await pushImage(target, repository, tag, image)
  return folder
}

async function contentOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('the only image of a layout needs no tag, even with signatures and referrers beside it', async t => {
  const referrer = buildArtifact({ artifactType: 'application/vnd.a', subject: IMAGE })
  const folder = await layoutWith(
    t,
    ['acme/app', 'v1', IMAGE],
    ['acme/app', SIGNATURE.tag, SIGNATURE],
    ['acme/app', undefined, referrer],
  )
  assert.equal((await openLayoutSource(folder).resolve(LATEST, SIGNAL))?.digest, IMAGE.manifest.digest)
})

test('without a tag, several images are an error that names them', async t => {
  const folder = await layoutWith(
    t,
    ['acme/app', 'v1', IMAGE],
    ['acme/tool', 'v2', buildImage({ seed: 'two' })],
  )
  await assert.rejects(
    openLayoutSource(folder).resolve(LATEST, SIGNAL),
    (error: unknown) =>
      error instanceof PlaceError &&
      error.message.includes('acme/app:v1, acme/tool:v2') &&
      error.hint?.includes(`oci://${folder}:acme/app:v1`) === true,
  )
})

test('an image is found by its whole name or by its tag alone', async t => {
  const folder = await layoutWith(
    t,
    ['acme/app', 'v1', IMAGE],
    ['acme/tool', 'v2', buildImage({ seed: 'two' })],
  )
  for (const opened of ['v1', 'acme/app:v1']) {
    const source = openLayoutSource(folder, opened)
    assert.equal((await source.resolve(V1, SIGNAL))?.digest, IMAGE.manifest.digest)
    assert.equal(source.name, `oci:${folder}:${opened}`)
  }
  assert.equal(await openLayoutSource(folder, 'v3').resolve(parseTag('v3'), SIGNAL), undefined)
})

test('a tag that several repositories have is an error that names them', async t => {
  const folder = await layoutWith(
    t,
    ['acme/app', 'v1', IMAGE],
    ['acme/tool', 'v1', buildImage({ seed: 'two' })],
  )
  await assert.rejects(openLayoutSource(folder, 'v1').resolve(V1, SIGNAL), /acme\/app:v1, acme\/tool:v1/)
  const tool = await openLayoutSource(folder, 'acme/tool:v1').resolve(V1, SIGNAL)
  assert.equal(tool?.digest, buildImage({ seed: 'two' }).manifest.digest)
})

test('signatures are looked for in the repository of the image', async t => {
  const other = buildCosignSignature(buildImage({ seed: 'two' }).manifest.digest)
  const folder = await layoutWith(
    t,
    ['acme/app', 'v1', IMAGE],
    ['acme/app', SIGNATURE.tag, SIGNATURE],
    ['acme/tool', SIGNATURE.tag, other],
  )
  const source = openLayoutSource(folder, 'v1')
  assert.equal((await source.resolve(SIGNATURE.tag, SIGNAL))?.digest, SIGNATURE.manifest.digest)
  assert.deepEqual((await source.tags(SIGNAL))?.tags, [SIGNATURE.tag, 'v1'])
})

test('referrers are found through every manifest that the index lists', async t => {
  const referrer = buildArtifact({
    artifactType: 'application/vnd.a',
    subject: IMAGE,
    annotations: { made: 'here' },
  })
  const folder = await layoutWith(t, ['acme/app', 'v1', IMAGE], ['acme/app', undefined, referrer])
  assert.deepEqual(await openLayoutSource(folder).referrers(IMAGE.manifest.digest, SIGNAL), [
    { ...referrer.descriptor, annotations: { made: 'here' } },
  ])
})

test('children and blobs are read by digest and checked', async t => {
  const folder = await layoutWith(t, ['acme/app', 'v1', IMAGE])
  const source = openLayoutSource(folder)
  for (const child of IMAGE.children) {
    const raw = await source.manifest(child.manifest.digest, SIGNAL)
    assert.equal(raw.mediaType, child.manifest.mediaType)
    const manifest = parseManifest(raw, 'child')
    assert.ok(manifest.kind === 'image')
    for (const layer of manifest.layers)
      assert.deepEqual(await contentOf(await source.blob(layer, SIGNAL)), child.blobs.get(layer.digest))
  }
})

test('a damaged blob or manifest is never handed out as if it were right', async t => {
  const image = buildImage({ seed: 'damaged' })
  const folder = await layoutWith(t, ['acme/app', 'v1', image])
  const manifest = parseManifest(image.manifest, 'built')
  assert.ok(manifest.kind === 'image')
  const [first, second] = manifest.layers
  assert.ok(first !== undefined && second !== undefined)
  const bytes = readFileSync(blobPath(folder, first.digest))
  bytes[20] = (bytes[20] ?? 0) ^ 1
  writeFileSync(blobPath(folder, first.digest), bytes)
  truncateSync(blobPath(folder, second.digest), 10)
  const source = openLayoutSource(folder)
  for (const layer of [first, second])
    await assert.rejects(async () => contentOf(await source.blob(layer, SIGNAL)), DigestMismatchError)
  writeFileSync(blobPath(folder, image.manifest.digest), '{}')
  await assert.rejects(source.manifest(image.manifest.digest, SIGNAL), DigestMismatchError)
})

const DAMAGES: readonly (readonly [what: string, damage: (folder: string) => void, message: RegExp])[] = [
  ['is not there', folder => rmSync(folder, { recursive: true }), /there is no OCI layout in/],
  ['lacks oci-layout', folder => rmSync(path.join(folder, 'oci-layout')), /the file oci-layout is missing/],
  ['lacks index.json', folder => rmSync(path.join(folder, 'index.json')), /index\.json is missing/],
  [
    'has a broken index.json',
    folder => writeFileSync(path.join(folder, 'index.json'), '{'),
    /it is not JSON/,
  ],
  [
    'has a broken oci-layout',
    folder => writeFileSync(path.join(folder, 'oci-layout'), '{'),
    /not a layout marker/,
  ],
  [
    'has an unknown version',
    folder => writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
    /version 2\.0\.0 is unknown/,
  ],
]

for (const [what, damage, message] of DAMAGES)
  test(`a layout that ${what} is refused with a message and a hint`, async t => {
    const folder = await layoutWith(t, ['acme/app', 'v1', IMAGE])
    damage(folder)
    await assert.rejects(
      openLayoutSource(folder).resolve(LATEST, SIGNAL),
      (error: unknown) =>
        error instanceof PlaceError && message.test(error.message) && error.hint !== undefined,
    )
  })

test('a missing blob is a 404 that names the blob and the layout', async t => {
  const image = buildImage({ seed: 'missing' })
  const folder = await layoutWith(t, ['acme/app', 'v1', image])
  rmSync(blobPath(folder, image.manifest.digest))
  const source = openLayoutSource(folder)
  await assert.rejects(
    source.manifest(image.manifest.digest, SIGNAL),
    (error: unknown) =>
      error instanceof PlaceError &&
      error.status === 404 &&
      error.message.includes(image.manifest.digest) &&
      error.message.includes(folder),
  )
})

test('an image that skopeo copied into a folder, with or without a tag, is found', {
  skip: skipWithout('skopeo'),
}, async t => {
  const server = await startTestRegistry(t)
  await pushToServer(server.url, 'acme/app', 'v1', IMAGE)
  for (const name of ['', ':v1', ':acme/app:v1']) {
    const folder = path.join(temporaryFolder(t), 'layout')
    await run('skopeo', [
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${server.host}/acme/app:v1`,
      `oci:${folder}${name}`,
    ])
    assert.equal((await openLayoutSource(folder).resolve(LATEST, SIGNAL))?.digest, IMAGE.manifest.digest)
  }
})

test('layouts of other tools are read in full', {
  skip: !existsSync(CORPUS) && 'the corpus is not here',
}, async () => {
  const folders = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter(name => path.basename(name) === 'oci-layout')
    .map(name => path.dirname(path.join(CORPUS, name)))
  for (const folder of folders) {
    const index = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[]
    }
    const source = openLayoutSource(folder)
    const list = await source.tags(SIGNAL)
    assert.ok(list !== undefined && list.tags.length <= index.manifests.length, folder)
    for (const tag of list.tags) assert.ok(await source.resolve(tag, SIGNAL), `${folder}: ${tag}`)
  }
})

test('a file where a folder should be is an error, not a crash', async t => {
  const folder = path.join(temporaryFolder(t), 'file')
  writeFileSync(folder, '')
  await assert.rejects(openLayoutSource(folder).resolve(LATEST, SIGNAL))
  mkdirSync(path.join(path.dirname(folder), 'empty'))
  await assert.rejects(
    openLayoutSource(path.join(path.dirname(folder), 'empty')).resolve(LATEST, SIGNAL),
    PlaceError,
  )
})

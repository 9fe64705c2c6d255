/** An archive is written on one side and read on the other. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { digestOf } from '../../lib/oci/digest.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import {
  type ArchiveImages,
  beginArchive,
  blobsIn,
  contentsOf,
  farSideWith,
  finishWith,
  storeOf,
  writeArchive,
} from '../../testdata/archives.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import {
  buildArtifact,
  buildImage,
  buildMultiArch,
  bytesFromSeed,
  manifestsOf,
} from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { inspectArchive, openArchive, verifyArchive } from './index.ts'

const run = promisify(execFile)
const SIGNAL = new AbortController().signal
const IMAGES: ArchiveImages = {
  'acme/app:v1': buildMultiArch({ seed: 'app' }),
  'acme/tool:1.0': buildImage({ seed: 'tool' }),
  'base:latest': buildImage({ layers: [bytesFromSeed('big layer', 300_000)] }),
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk)
  return Buffer.concat(pieces)
}

test('what was written is read by its names, manifests and blobs byte for byte', async t => {
  const folder = temporaryFolder(t)
  await writeArchive(folder, IMAGES)
  assert.deepEqual(readdirSync(folder).sort(), ['archive.json', 'mirrorform-000001.tar'])
  const archive = await openArchive(folder)
  for (const [place, image] of Object.entries(IMAGES)) {
    const [repository = '', tag = ''] = place.split(':')
    const reader = archive.repository(parseRepositoryPath(repository))
    const { mediaType, digest, bytes } = image.manifest
    assert.deepEqual(await reader.resolve(parseTag(tag), SIGNAL), { mediaType, digest, size: bytes.length })
    for (const { manifest } of manifestsOf(image))
      assert.deepEqual(await reader.manifest(manifest.digest, SIGNAL), {
        ...manifest,
        bytes: Buffer.from(manifest.bytes),
      })
  }
  for (const [digest, bytes] of blobsIn(IMAGES)) {
    const chunks = await archive
      .repository(parseRepositoryPath('any'))
      .blob({ mediaType: '', digest, size: bytes.length }, SIGNAL)
    assert.deepEqual(await read(chunks), Buffer.from(bytes))
  }
  assert.equal((await verifyArchive(archive, { signal: SIGNAL })).isGood, true)
})

test('an image is found by the reference it was collected from, as the near side wrote it', async t => {
  const folder = temporaryFolder(t)
  await writeArchive(folder, IMAGES)
  const { sources } = await openArchive(folder)
  const source = { kind: 'registry', reference: parseReference('source.example/acme/app:v1') } as const
  const reader = sources.open(source)
  assert.equal(sources.open(source), reader)
  const resolved = await reader.resolve(parseTag('v1'), SIGNAL)
  assert.equal(resolved?.digest, IMAGES['acme/app:v1']?.manifest.digest)
  assert.equal(await reader.resolve(parseTag('v2'), SIGNAL), undefined)
})

test('the same images written one after the other give the same bytes', async t => {
  const [one, two] = [temporaryFolder(t), temporaryFolder(t)]
  await writeArchive(one, IMAGES, { volumeSize: 100_000 })
  await writeArchive(two, IMAGES, { volumeSize: 100_000 })
  assert.ok(readdirSync(one).length > 4)
  for (const name of readdirSync(one))
    assert.equal(
      digestOf(readFileSync(path.join(one, name))),
      digestOf(readFileSync(path.join(two, name))),
      name,
    )
})

test('no volume is larger than the limit, and a blob larger than a volume is split and joined', async t => {
  const folder = temporaryFolder(t)
  const contents = await writeArchive(folder, IMAGES, { volumeSize: 65_536 })
  for (const { name, size } of contents.volumes) {
    assert.equal(statSync(path.join(folder, name)).size, size)
    assert.ok(size <= 65_536)
  }
  assert.ok([...contents.entries.values()].some(({ parts }) => parts.length > 4))
  const archive = await openArchive(folder)
  for (const [digest, bytes] of blobsIn(IMAGES)) {
    const reader = archive.repository(parseRepositoryPath('any'))
    assert.deepEqual(
      await read(await reader.blob({ mediaType: '', digest, size: bytes.length }, SIGNAL)),
      Buffer.from(bytes),
    )
  }
  assert.deepEqual(
    (await verifyArchive(archive, { signal: SIGNAL })).volumes.filter(
      ({ condition }) => condition !== 'good',
    ),
    [],
  )
})

test('tar lists every volume, and the last one holds a copy of archive.json', {
  skip: process.platform === 'win32' && 'needs tar',
}, async t => {
  const folder = temporaryFolder(t)
  const { volumes } = await writeArchive(folder, IMAGES, { volumeSize: 100_000 })
  const lists = await Promise.all(
    volumes.map(async ({ name }) => (await run('tar', ['-tf', path.join(folder, name)])).stdout.split('\n')),
  )
  for (const list of lists) assert.ok(list.includes('oci-layout') && list.includes('index.json'))
  assert.ok(lists.at(-1)?.includes('archive.json'))
})

test('what the far side holds stays at home, is listed as assumed, and its tags answer as there', async t => {
  const folder = temporaryFolder(t)
  const held = { 'base:latest': buildImage({ layers: [bytesFromSeed('big layer', 300_000)] }) }
  const next = buildImage({ layers: [bytesFromSeed('big layer', 300_000), { new: 'layer' }] })
  const target = await beginArchive(folder, { farSide: farSideWith(held) })
  const repository = target.repository(parseRepositoryPath('base'))
  assert.equal(
    (await repository.resolve(parseTag('latest'), SIGNAL))?.digest,
    held['base:latest'].manifest.digest,
  )
  await pushImage(target, 'base', 'latest', next)
  assert.equal((await repository.resolve(parseTag('latest'), SIGNAL))?.digest, next.manifest.digest)
  const images = { 'base:latest': next }
  const contents = await finishWith(target, images)
  const [big] = [...held['base:latest'].blobs.keys()].filter(digest => next.blobs.has(digest))
  assert.deepEqual(contents.assumed, [big])
  assert.ok(statSync(path.join(folder, 'mirrorform-000001.tar')).size < 20_000)
  const archive = await openArchive(folder)
  assert.deepEqual(
    contentsOf(images).map(image => [archive.missing(image), archive.notCarried(image)]),
    [[[], [big]]],
  )
  await assert.rejects(
    archive
      .repository(parseRepositoryPath('base'))
      .blob({ mediaType: '', digest: big ?? digestOf(''), size: 1 }, SIGNAL),
    /expected to be at the target already/,
  )
})

test('an image that neither the archive nor the far side has is not shipped', async t => {
  const target = await beginArchive(temporaryFolder(t))
  t.after(() => target.close())
  await assert.rejects(finishWith(target, IMAGES), /of acme\/app:v1 it lacks sha256:/)
})

test('documents travel by kind and name, and inspect shows what there is', async t => {
  const folder = temporaryFolder(t)
  const bytes = Buffer.from('{"format": "mirrorform-plan"}\n')
  await writeArchive(folder, IMAGES, { documents: [{ kind: 'plan', name: 'enc1.plan.json', bytes }] })
  const archive = await openArchive(folder)
  const [document] = archive.contents.documents
  assert.ok(document)
  assert.deepEqual(Buffer.from(await archive.document(document)), bytes)
  const inspection = inspectArchive(archive)
  assert.deepEqual(inspection.documents, [
    { kind: 'plan', name: 'enc1.plan.json', digest: digestOf(bytes), size: bytes.length },
  ])
  assert.deepEqual(
    inspection.images.map(({ destination, assumed }) => [destination, assumed]),
    Object.keys(IMAGES).map(place => [`mirror.enc1.example/${place}`, 0]),
  )
  assert.equal(inspection.target, 'docker://mirror.enc1.example')
})

test('signatures travel: a referrer is found by its subject, a tag by its name', async t => {
  const folder = temporaryFolder(t)
  const [image] = [IMAGES['acme/tool:1.0'] ?? buildImage()]
  const referrer = buildArtifact({ artifactType: 'application/vnd.a', subject: image })
  const target = await beginArchive(folder)
  await pushImage(target, 'acme/tool', '1.0', image)
  await pushImage(target, 'acme/tool', undefined, referrer)
  const repository = parseRepositoryPath('acme/tool')
  assert.deepEqual(await target.repository(repository).referrers(image.manifest.digest, SIGNAL), [
    referrer.descriptor,
  ])
  await target.finish(
    { images: contentsOf({ 'acme/tool:1.0': image }), content: storeOf({ x: image }), documents: [] },
    SIGNAL,
  )
  const reader = (await openArchive(folder)).repository(repository)
  assert.deepEqual(await reader.referrers(image.manifest.digest, SIGNAL), [referrer.descriptor])
  assert.deepEqual(await reader.tags(SIGNAL), { tags: ['1.0'], complete: true })
})

test('skopeo reads a single volume as oci-archive', { skip: skipWithout('skopeo') }, async t => {
  const folder = temporaryFolder(t)
  await writeArchive(folder, IMAGES)
  const volume = path.join(folder, 'mirrorform-000001.tar')
  const { stdout } = await run('skopeo', ['inspect', '--raw', `oci-archive:${volume}:acme/app:v1`])
  assert.equal(stdout, Buffer.from(IMAGES['acme/app:v1']?.manifest.bytes ?? []).toString())
  const inspected = await run('skopeo', ['inspect', `oci-archive:${volume}:base:latest`])
  assert.equal(JSON.parse(inspected.stdout).Digest, IMAGES['base:latest']?.manifest.digest)
  const out = temporaryFolder(t)
  await run('skopeo', [
    '--insecure-policy',
    'copy',
    '--all',
    `oci-archive:${volume}:acme/app:v1`,
    `dir:${out}/app`,
  ])
  await run('skopeo', ['--insecure-policy', 'copy', `oci-archive:${volume}:base:latest`, `dir:${out}/base`])
  assert.equal(
    digestOf(readFileSync(path.join(out, 'app', 'manifest.json'))),
    IMAGES['acme/app:v1']?.manifest.digest,
  )
})

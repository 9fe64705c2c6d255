import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { PlaceError } from '../../lib/errors.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import type { ImageSource, RepositoryReader } from '../../lib/provider.ts'
import { buildImage } from '../../testdata/images.ts'
import { mirrorFolderFiles, writeDiskFiles, writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { aliasKey, openNamed, placeOnDisk, storedSources } from './index.ts'
import { SIGNAL } from './testing/read-back.ts'

const OLD = buildImage({ seed: 'old' })
const NEW = buildImage({ seed: 'new' })

function source(text: string): ImageSource {
  return { kind: 'registry', reference: parseReference(text) }
}

const NOTHING_THERE: RepositoryReader = {
  name: 'the target',
  resolve: async () => undefined,
  manifest: async () => {
    throw new PlaceError('not at the target', { status: 404 })
  },
  blob: async () => {
    throw new PlaceError('not at the target', { status: 404 })
  },
}

test('what neither the disk nor the target has is told in the words of the disk, which knows what is missing from it', async t => {
  const folder = temporaryFolder(t)
  await writeV2Archive(folder, { 'acme/app:v1': OLD }, { without: new Set(OLD.blobs.keys()) })
  const all = await openNamed([folder], SIGNAL)
  const place = storedSources(all, { heldThere: () => [NOTHING_THERE] }).open(source('quay.io/acme/app:v1'))
  assert.equal((await place.resolve(parseTag('v1'), SIGNAL))?.digest, OLD.manifest.digest)
  const [digest = OLD.manifest.digest] = OLD.blobs.keys()
  const missing = { status: 404, hint: /an earlier archive may carry it/ }
  await assert.rejects(place.blob({ mediaType: 'x', digest, size: 1 }, SIGNAL), missing)
  await assert.rejects(place.manifest(NEW.manifest.digest, SIGNAL), missing)
  assert.equal(await place.resolve(NEW.manifest.digest, SIGNAL), undefined)
})

test('what an earlier archive carried is read from there, or at the target', async t => {
  const [later, first] = [temporaryFolder(t), temporaryFolder(t)]
  const [digest = OLD.manifest.digest, bytes = Buffer.of()] = [...OLD.blobs].at(0) ?? []
  await writeV2Archive(later, { 'acme/app:v1': OLD }, { without: new Set([digest]) })
  await writeV2Archive(first, { 'acme/app:v1': OLD })
  const descriptor = { mediaType: 'x', digest, size: bytes.length }
  const both = storedSources(await openNamed([later, first], SIGNAL))
  const read = await both.open(source('quay.io/acme/app:v1')).blob(descriptor, SIGNAL)
  assert.deepEqual(await buffer(read), Buffer.from(bytes))
  const there: RepositoryReader = {
    ...NOTHING_THERE,
    blob: async () =>
      (async function* () {
        yield bytes
      })(),
  }
  const alone = storedSources(await openNamed([later], SIGNAL), { heldThere: () => [there] })
  const held = await alone.open(source('quay.io/acme/app:v1')).blob(descriptor, SIGNAL)
  assert.deepEqual(await buffer(held), Buffer.from(bytes))
})

test('images are found under another name they were given, by their place on the disk, and by digest wherever they are', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(folder, mirrorFolderFiles({ 'team/renamed:2': OLD, 'acme/app:v1': NEW }))
  const all = await openNamed([folder], SIGNAL)
  const [stored] = all
  assert.ok(stored)
  const asked = source('quay.io/team/tool:1')
  const repository = parseRepositoryPath('team/renamed')
  const aliases = new Map([[aliasKey(asked, parseTag('1')), { repository, digest: OLD.manifest.digest }]])
  const sources = storedSources(all, { aliases })
  const place = sources.open(asked)
  assert.equal((await place.resolve(parseTag('1'), SIGNAL))?.digest, OLD.manifest.digest)
  assert.equal((await place.manifest(OLD.manifest.digest, SIGNAL)).digest, OLD.manifest.digest)
  const onDisk = sources.open(placeOnDisk(stored, repository, parseTag('2')))
  assert.equal((await onDisk.resolve(parseTag('2'), SIGNAL))?.digest, OLD.manifest.digest)
  assert.equal(await sources.open(source('quay.io/acme/app:v2')).resolve(parseTag('v2'), SIGNAL), undefined)
})

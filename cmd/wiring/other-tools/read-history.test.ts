/** What of a target counts as held because oc-mirror v1 put it there, and what is left to others. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ImageSet } from '../../../lib/config/index.ts'
import { formatDestination } from '../../../lib/target.ts'
import { buildImage } from '../../../testdata/images.ts'
import { never } from '../../../testdata/mirroring.ts'
import { type Association, historyScene, metadataText } from '../../../testdata/v1-history.ts'
import { heldFromHistory } from './history-of.ts'
import { readHistory } from './read-history.ts'

const U = '360a43c2-0000-4000-8000-00000000000a'
const V = '360a43c2-0000-4000-8000-00000000000b'
const LOCAL = 'storageConfig: {local: {path: store}}'

/** The target has `acme/app:v1` and `acme/old:v1` below its prefix. */
function scene(t: TestContext) {
  const history = historyScene(t)
  const { target, setting, folder } = history
  for (const name of ['app', 'old']) target.hold(`ns/acme/${name}`, 'v1', buildImage({ seed: name }))
  return {
    ...history,
    /** What is held where `acme/app:v1` is wanted, and what is said. */
    async held(...imageSets: readonly ImageSet[]) {
      const read = await readHistory(imageSets, setting, never())
      const app = read.inherited?.images.find(({ destination }) => destination.repository === 'ns/acme/app')
      const wanted = app === undefined ? [] : [{ ...app, source: { kind: 'layout', folder } as const }]
      const state = heldFromHistory(read, { images: wanted })
      return {
        images: state?.images.map(({ destination }) => formatDestination(target.address, destination)) ?? [],
        notes: read.notes.map(note => note.replaceAll(U, 'u').replaceAll(V, 'v').replaceAll(folder, 'F')),
      }
    },
  }
}

function association(name: string, path: string): Association {
  const id = buildImage({ seed: name }).manifest.digest
  return { name: `quay.io/acme/${name}:v1`, path, id, tagSymlink: 'v1', type: 'generic' }
}

const ON_DISK = ['app', 'old'].map(name => association(name, `acme/${name}`))
const DIRECT = ['app', 'old'].map(name => association(name, `reg.example/ns/acme/${name}:v1`))
const BOTH = ['reg.example/ns/acme/app:v1', 'reg.example/ns/acme/old:v1']

test('what went by way of a disk counts as ours only where the target says that it arrived', async t => {
  const { keep, publish, imageSet, held } = scene(t)
  const text = metadataText(U, { sequence: 2, associations: ON_DISK })
  keep(text)
  const before = await held(imageSet(LOCAL))
  assert.deepEqual(before.images, [])
  assert.equal(
    before.notes.at(-1),
    'nothing at the target counts as ours yet: oc-mirror v1 leaves its metadata where it has mirrored to, and reg.example/ns/oc-mirror has no u',
  )
  publish(U, text)
  const after = await held(imageSet(LOCAL))
  assert.deepEqual(after.images, BOTH)
  assert.equal(after.notes.at(-1), '2 images that oc-mirror v1 put at the target count as ours from now on')
})

test('what an archive on its way brings is not at the target yet, whatever else is there', async t => {
  const { keep, publish, imageSet, held } = scene(t)
  publish(U, metadataText(U, { sequence: 1, associations: ON_DISK.slice(0, 1) }))
  keep(metadataText(U, { sequence: 2, associations: ON_DISK }))
  assert.deepEqual((await held(imageSet(LOCAL))).images, BOTH.slice(0, 1))
})

test('what v1 copied to the target itself counts as ours on the word of its storage', async t => {
  const { keep, imageSet, held } = scene(t)
  keep(metadataText(U, { sequence: 2, associations: DIRECT }))
  assert.deepEqual((await held(imageSet(LOCAL))).images, BOTH)
})

test('what another series of runs lists as well is held only where it is wanted', async t => {
  const { keep, publish, push, imageSet, held } = scene(t)
  const text = metadataText(U, { sequence: 2, associations: DIRECT })
  const theirs = metadataText(V, { sequence: 1, associations: DIRECT })
  keep(text)
  publish(U, text)
  publish(V, theirs)
  const alone = await held(imageSet(LOCAL))
  assert.deepEqual(alone.images, BOTH.slice(0, 1))
  assert.equal(
    alone.notes.at(-1),
    'nothing is deleted that reg.example/ns/oc-mirror:v lists too (2 images); plan those image sets together to have all of it in one state',
  )
  push(theirs)
  const together = await held(
    imageSet(LOCAL),
    imageSet('storageConfig: {registry: {imageURL: src.example/meta}}'),
  )
  assert.deepEqual(together.images, BOTH)
})

test('a history that may be another image set’s holds only what is wanted', async t => {
  const { publish, imageSet, held } = scene(t)
  publish(U, metadataText(U, { sequence: 2, associations: DIRECT }))
  assert.deepEqual((await held(imageSet(''))).images, BOTH.slice(0, 1))
})

test('an image that v1 made is claimed only at a target that it has mirrored to', async t => {
  const { keep, publish, target, imageSet, held } = scene(t)
  const operators = [{ catalog: 'quay.io/acme/index:v4.16' }]
  target.hold('ns/acme/index', 'v4.16', buildImage({ seed: 'index' }))
  const wanted = imageSet(LOCAL, '{operators: [{catalog: "quay.io/acme/index:v4.16"}]}')
  keep(metadataText(U, { sequence: 2, operators }))
  assert.match((await held(wanted)).notes.at(-1) ?? '', /nothing at the target counts as ours yet/)
  publish(U, metadataText(U, { sequence: 2, operators }))
  assert.match((await held(wanted)).notes.at(-1) ?? '', /^1 image that oc-mirror v1 put at the target/)
})

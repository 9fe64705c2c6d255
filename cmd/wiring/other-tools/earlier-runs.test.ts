/** Where the history of an image set of oc-mirror v1 is looked for, and what is said of it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { PlaceError } from '../../../lib/errors.ts'
import { buildImage } from '../../../testdata/images.ts'
import { never } from '../../../testdata/mirroring.ts'
import { historyScene, METADATA_PATH, metadataText } from '../../../testdata/v1-history.ts'
import { earlierRuns, type HistorySetting } from './earlier-runs.ts'

const U = '360a43c2-0000-4000-8000-00000000000a'
const V = '360a43c2-0000-4000-8000-00000000000b'
const UNKNOWN = 'planned as if nothing had been mirrored before'

function metadata(uid: string, sequence: number, members: object = {}): string {
  return metadataText(uid, { sequence }, members)
}

function scene(t: TestContext) {
  const history = historyScene(t)
  return {
    ...history,
    async runs(storage: string, more: Partial<HistorySetting> = {}) {
      const setting = { ...history.setting, ...more }
      const { runs, notes } = await earlierRuns(history.imageSet(storage), setting, never())
      const short = (text: string) =>
        text.replaceAll(U, 'u').replaceAll(V, 'v').replaceAll(history.folder, 'F')
      return {
        runs: runs.map(({ history: { uid, sequence }, isAtTarget, isOwn }) =>
          [short(uid), sequence, ...(isAtTarget ? ['at target'] : []), ...(isOwn ? ['own'] : [])].join(' '),
        ),
        notes: notes.map(short),
      }
    },
  }
}

const LOCAL = 'storageConfig: {local: {path: store}}'
const REGISTRY = 'storageConfig: {registry: {imageURL: src.example/meta}}'

test('the history is where storageConfig says, from the folder of the image set too, and at the target', async t => {
  const { keep, push, publish, runs } = scene(t)
  keep(metadata(U, 3))
  push(metadata(V, 1))
  assert.deepEqual((await runs(LOCAL)).runs, ['u 3 own'])
  assert.deepEqual((await runs(REGISTRY)).runs, ['v 1 own'])
  publish(U, metadata(U, 2))
  const { runs: both, notes } = await runs(LOCAL)
  assert.deepEqual(both, ['u 3 own', 'u 2 at target own'])
  assert.deepEqual(notes, [
    `F/v1.yaml: update paths begin where oc-mirror v1 began them (run 3, F/store/${METADATA_PATH})`,
    `oc-mirror v1 published run 2 at the target (reg.example/ns/oc-mirror:u), and F/store/${METADATA_PATH} is of run 3: what is at the target counts`,
  ])
  assert.deepEqual((await runs(LOCAL, { readsTarget: false })).runs, ['u 3 own'])
})

test('without anything stored, the only copy at the target is the history, if it may be another one’s', async t => {
  const { publish, target, runs } = scene(t)
  target.hold('ns/oc-mirror', 'latest', buildImage({ seed: 'no metadata' }))
  assert.deepEqual(await runs(LOCAL), {
    runs: [],
    notes: [
      `F/v1.yaml:3: no metadata of oc-mirror v1 here or as an image of reg.example/ns/oc-mirror: ${UNKNOWN}`,
    ],
  })
  publish(U, metadata(U, 2))
  const only = await runs('')
  assert.deepEqual(only.runs, ['u 2 at target'])
  assert.deepEqual(only.notes, [
    'F/v1.yaml: update paths begin where oc-mirror v1 began them (run 2, reg.example/ns/oc-mirror:u)',
    'F/v1.yaml: nothing says that reg.example/ns/oc-mirror:u is of this image set, so that nothing is deleted because of it; to have that, write it as storageConfig.registry.imageURL',
  ])
  publish(V, metadata(V, 1))
  const several = await runs(LOCAL)
  assert.deepEqual(several.runs, [])
  assert.deepEqual(several.notes, [
    `F/v1.yaml: ${UNKNOWN}, because nothing tells which metadata of oc-mirror v1 at the target is of this image set; name one in storageConfig.registry.imageURL: reg.example/ns/oc-mirror:u, reg.example/ns/oc-mirror:v`,
  ])
})

test('an archive of v1 that images are read from carries the history', async t => {
  const { runs } = scene(t)
  const archive = {
    kind: 'oc-mirror-v1',
    name: 'archive A',
    document: async () => Buffer.from(metadata(U, 4)),
  } as const
  const carried = await runs(REGISTRY, { readsSources: false, archives: [archive] })
  assert.deepEqual(carried.runs, ['u 4 own'])
  assert.match(carried.notes.join(), /run 4, publish\/\.metadata\.json in archive A/)
  const missing = {
    ...archive,
    document: async () => Promise.reject(new PlaceError('none', { status: 404 })),
  }
  assert.deepEqual((await runs(REGISTRY, { readsSources: false, archives: [missing] })).runs, [])
})

test('metadata of a run without storageConfig says nothing of others', async t => {
  const { keep, publish, runs } = scene(t)
  publish(U, metadata(U, 1, { singleUse: true }))
  assert.deepEqual((await runs('')).runs, [])
  keep(metadata(U, 1, { singleUse: true }))
  assert.match((await runs(LOCAL)).notes.join(), /is of a run without storageConfig/)
})

test('metadata that is damaged stops the plan, and is named', async t => {
  const { keep, runs } = scene(t)
  keep('{"kind": "Metadata", "pastMirror": []}')
  await assert.rejects(runs(LOCAL), {
    name: 'PlanError',
    message:
      /store\/publish\/\.metadata\.json is not the metadata of oc-mirror v1, or damaged: pastMirror is no object/,
  })
})

test('a registry that cannot be read is named with the line that asks for it', async t => {
  const { runs } = scene(t)
  await assert.rejects(runs('storageConfig: {registry: {imageURL: other.example/meta}}'), {
    name: 'PlaceError',
    message: /v1\.yaml:3: cannot read what earlier runs mirrored: no host other\.example/,
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  sampleDigest,
  sampleImage,
  sampleManifest,
  samplePlan,
  storeOf,
} from '../../testdata/sample-plans.ts'
import type { Digest } from '../oci/digest.ts'
import { missingContent, shippedBefore } from './missing-content.ts'
import type { BlobMove, Change } from './plan.ts'
import { decodeShoppingList, encodeShoppingList } from './shopping-list.ts'

const layer = (name: string): Digest => sampleDigest(`${name} layer`)
const config = (name: string): Digest => sampleDigest(`${name} config`)
const copy = (digest: Digest): BlobMove => ({ how: 'copy', digest })

function add(name: string, blobs: readonly BlobMove[]): Change {
  const image = sampleImage(name)
  const manifests = [{ digest: image.digest, tag: image.destination.tag }]
  return { action: 'add', image, expect: 'absent', transfer: { blobs, manifests } }
}

function planOf(changes: readonly Change[]) {
  const content = storeOf(
    changes.map(
      ({
        image: {
          destination: { repository, tag },
        },
      }) => sampleManifest(`${repository.slice(4)}:${tag}`, 1000),
    ),
  )
  return { changes, made: new Map<Digest, Uint8Array>(), ...content }
}

const allBut = (...lacking: readonly Digest[]) => ({
  has: (digest: Digest) => !lacking.includes(digest),
  held: undefined,
})

test('an image whose layer neither the archives nor the target have is missing, with what it lacks', () => {
  const plan = planOf([
    add('a:1', [copy(config('a:1')), copy(layer('a:1'))]),
    add('b:1', [copy(config('b:1')), copy(layer('b:1'))]),
  ])
  const missing = missingContent(plan, allBut(layer('b:1')))
  assert.deepEqual(missing, [
    {
      destination: sampleImage('b:1').destination,
      source: 'registry.redhat.io/b:1',
      digest: sampleDigest('b:1'),
      lacks: [layer('b:1')],
    },
  ])
})

test('what the target has already is not missed, and neither is what mirrorform made', () => {
  const mounted = planOf([
    add('a:1', [{ how: 'mount', digest: layer('a:1'), from: sampleImage('b:1').destination.repository }]),
  ])
  assert.deepEqual(missingContent(mounted, allBut(layer('a:1'))), [])
  const made = {
    ...planOf([add('a:1', [copy(layer('a:1'))])]),
    made: new Map([[layer('a:1'), Buffer.from('x')]]),
  }
  assert.deepEqual(missingContent(made, allBut(layer('a:1'))), [])
  const held = planOf([add('a:1', [])])
  assert.equal(missingContent(held, allBut(sampleDigest('a:1'))).length, 1)
  assert.deepEqual(missingContent(held, { ...allBut(sampleDigest('a:1')), held }), [])
})

test('an image that would mount what another one cannot bring is missing as well', () => {
  const shared = layer('a:1')
  const first = add('a:1', [copy(shared)])
  const second = add('b:1', [{ how: 'mount', digest: shared, from: first.image.destination.repository }])
  const plan = planOf([first, second])
  const node = plan.manifests.get(second.image.digest)
  assert.ok(node)
  const manifests = new Map([...plan.manifests, [node.digest, { ...node, blobs: [shared] }] as const])
  const missing = missingContent({ ...plan, manifests }, allBut(shared))
  assert.deepEqual(
    missing.map(({ source }) => source),
    ['registry.redhat.io/a:1', 'registry.redhat.io/b:1'],
  )
})

test('where missing content was shipped follows from the images that were', () => {
  const record = { id: sampleDigest('archive 2'), number: 2, plan: sampleDigest('plan') }
  const images = [{ ...sampleImage('a:1'), shippedIn: record.id }, sampleImage('b:1')]
  const store = storeOf([sampleManifest('a:1', 10), sampleManifest('b:1', 10)])
  assert.deepEqual(shippedBefore(images, store, [record])([layer('a:1')]), [2])
  assert.deepEqual(shippedBefore(images, store, [record])([layer('b:1')]), [])
  assert.deepEqual(shippedBefore(images, store, [])([layer('a:1')]), [])
})

test('a shopping list reads back as it was written, and one that was edited is refused', () => {
  const { target } = samplePlan([])
  const { destination, source, digest } = sampleImage('a:1')
  const list = { target, missing: [{ destination, source, digest, lacks: [layer('a:1')], shippedIn: [2] }] }
  const text = encodeShoppingList(list)
  assert.deepEqual(decodeShoppingList(text, 'list.json'), list)
  assert.throws(
    () => decodeShoppingList(text.replace('/a:1', '/b:1'), 'list.json'),
    /list\.json: its digest does not match/,
  )
})

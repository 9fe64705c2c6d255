import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  SAMPLE_TARGET,
  sampleAdd,
  sampleDelete,
  sampleMove,
  sampleRepair,
  sampleState,
} from '../../testdata/sample-plans.ts'
import type { Change } from '../plan/plan.ts'
import { destinationKey } from '../target.ts'
import { imagesAfter } from './images-after.ts'

function after(changes: readonly Change[], held: readonly string[] | undefined): readonly string[] {
  const state = held === undefined ? undefined : sampleState(held)
  return imagesAfter({ target: SAMPLE_TARGET, changes }, state).images.map(
    ({ destination, digest }) => `${destinationKey(destination)} ${digest.slice(7, 15)}`,
  )
}

const of = (...names: readonly string[]) => after(names.map(sampleAdd), undefined)

test('a first plan leaves what it adds', () => {
  assert.deepEqual(after([sampleAdd('b/b:1'), sampleAdd('a/a:1')], undefined), of('a/a:1', 'b/b:1'))
})

test('what the plan does not mention stays', () => {
  assert.deepEqual(after([sampleAdd('b/b:1')], ['a/a:1']), of('a/a:1', 'b/b:1'))
})

test('moved and repaired images are there once, as the plan has them', () => {
  const state = ['a/a:1', 'b/b:1']
  assert.deepEqual(after([sampleMove('a/a:1'), sampleRepair('b/b:1', 'gone')], state), of('a/a:1', 'b/b:1'))
})

test('deleted and forgotten images are gone', () => {
  const { image } = sampleAdd('b/b:1')
  const changes: readonly Change[] = [sampleDelete('a/a:1'), { action: 'forget', image, reason: 'gone' }]
  assert.deepEqual(after(changes, ['a/a:1', 'b/b:1', 'c/c:1']), of('c/c:1'))
})

test('an adopted image has the origins of the plan', () => {
  const { image } = sampleAdd('a/a:1')
  const origins = [{ kind: 'additionalImage', name: 'another' }] as const
  const adopted: Change = { action: 'adopt', image: { ...image, origins }, expect: image.digest }
  const [only] = imagesAfter({ target: SAMPLE_TARGET, changes: [adopted] }, sampleState(['a/a:1'])).images
  assert.deepEqual(only?.origins, origins)
})

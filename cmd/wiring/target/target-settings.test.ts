import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PaceArguments, type ParallelArguments, parallelOf, withRoute } from './target-settings.ts'

type Settings = PaceArguments & ParallelArguments

const route = {
  registriesConf: 'enc1.conf',
  limits: { parallelImages: 2, parallelLayers: 3, maxRequestsPerSecond: 10, bandwidth: '50MiB' },
}

test('what the kind: Mirror file says for a target holds where the command line says nothing', () => {
  const args = withRoute<Settings>({}, route)
  assert.deepEqual(args, { registriesConf: 'enc1.conf', ...route.limits })
  assert.deepEqual(parallelOf(args), { images: 2, layers: 3 })
})

test('a flag wins over the file, each by itself', () => {
  const { parallelImages, parallelLayers, maxRequestsPerSecond, bandwidth } = withRoute<Settings>(
    { parallelImages: 5, bandwidth: '1MiB' },
    route,
  )
  assert.deepEqual([parallelImages, parallelLayers, maxRequestsPerSecond, bandwidth], [5, 3, 10, '1MiB'])
})

test('where nobody says anything, the usual numbers hold and registries are worked as they take it', () => {
  const args = withRoute<Settings>({ bandwidth: undefined }, undefined)
  assert.deepEqual(parallelOf(args), { images: 8, layers: 12 })
  assert.equal(args.bandwidth, undefined)
})

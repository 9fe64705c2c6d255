import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import fc from 'fast-check'
import { buildImage } from '../../testdata/images.ts'
import { makeImage, wantedMade } from '../../testdata/made-images.ts'
import { wantedImage } from '../../testdata/mirroring.ts'
import type { WantedImage } from '../content/wanted.ts'
import { PlanError } from '../errors.ts'
import { origins } from '../files/arbitraries.ts'
import { parseTarget } from '../target.ts'
import type { Origin } from './graph.ts'
import { placeImages } from './naming.ts'
import { addedOrigins, describeOrigin, mergeOrigins } from './origins.ts'

const TARGET = parseTarget('docker://mirror.example/ocp')

function etcd(...channels: readonly string[]): Origin {
  return { kind: 'release', version: '4.16.8', architecture: 'x86_64', channels, component: 'etcd' }
}

const words: readonly (readonly [Origin, string])[] = [
  [{ kind: 'additionalImage', name: 'ubi9' }, 'additional image ubi9'],
  [etcd('stable-4.16'), 'component etcd of release 4.16.8 (x86_64), channel stable-4.16'],
  [
    { kind: 'release', version: '4.16.8', architecture: 'multi', channels: ['eus-4.16', 'fast-4.16'] },
    'release 4.16.8 (multi), channels eus-4.16, fast-4.16',
  ],
  [{ kind: 'graphData' }, 'update graph data'],
  [{ kind: 'catalog', catalog: 'reg.example/index:v4.16' }, 'catalog reg.example/index:v4.16'],
  [
    {
      kind: 'bundle',
      catalog: 'reg.example/index:v4.16',
      package: 'web-terminal',
      bundle: 'web-terminal.v1.9.0',
      channels: ['fast'],
    },
    'bundle web-terminal.v1.9.0 of package web-terminal, channel fast, catalog reg.example/index:v4.16',
  ],
]

for (const [origin, text] of words)
  test(`an origin reads "${text}"`, () => {
    assert.equal(describeOrigin(origin), text)
  })

test('what several channels ask for is one origin with all of them, sorted', () => {
  assert.deepEqual(mergeOrigins([etcd('stable-4.16'), etcd('eus-4.16'), etcd('stable-4.16')]), [
    etcd('eus-4.16', 'stable-4.16'),
  ])
})

test('merging twice changes nothing, and no two origins ask for the same thing', () => {
  fc.assert(
    fc.property(fc.array(origins, { maxLength: 6 }), list => {
      const merged = mergeOrigins(list)
      assert.deepEqual(mergeOrigins(merged), merged)
      assert.deepEqual(mergeOrigins([...list, ...list]).length, merged.length)
    }),
  )
})

describe('placing images of releases and made images', () => {
  const base = buildImage({ seed: 'base' })
  const from = `src.example/ubi@${base.manifest.digest}`
  const graph = wantedMade(makeImage(base, 'one'), from, 'openshift/graph-image:latest')

  it('the same component wanted by two channels is one image, with the signatures of both', () => {
    const component = (channel: string, ...releaseSignatures: readonly string[]): WantedImage => ({
      ...wantedImage('quay.example/release:4.16.8'),
      origins: [etcd(channel)],
      releaseSignatures,
    })
    const [image, ...others] = placeImages(
      TARGET,
      [component('b', 'Qg==', 'QQ=='), component('a', 'QQ==')],
      0,
    )
    assert.deepEqual(others, [])
    assert.deepEqual(image?.origins, [etcd('a', 'b')])
    assert.deepEqual(image?.releaseSignatures, ['QQ==', 'Qg=='])
  })

  it('the same made image wanted twice is one', () => {
    const [image, ...others] = placeImages(TARGET, [graph, { ...graph, origins: [etcd('a')] }], 0)
    assert.deepEqual(others, [])
    assert.equal(image?.made, graph.made)
    assert.equal(image?.origins.length, 2)
  })

  it('two made images at one place are refused, as are a made one and its own base', () => {
    const other = wantedMade(makeImage(base, 'two'), from, 'openshift/graph-image:latest')
    const { made: _, ...plain } = graph
    for (const second of [other, plain])
      assert.throws(
        () => placeImages(TARGET, [graph, second], 0),
        error =>
          error instanceof PlanError &&
          /two sources meet at mirror\.example\/ocp\/openshift\/graph-image:latest: sha256:\w+, made from src\.example/.test(
            error.message,
          ),
      )
  })
})

test('origins that are new are told from those that were there, a further channel of one included', () => {
  const graph: Origin = { kind: 'graphData' }
  const before = [etcd('fast-4.16', 'stable-4.16')]
  assert.deepEqual(addedOrigins([etcd('stable-4.16')], before), [])
  assert.deepEqual(addedOrigins([etcd('eus-4.16'), graph], before), [etcd('eus-4.16'), graph])
  assert.deepEqual(addedOrigins([], before), [])
})

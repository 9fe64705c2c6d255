import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseImageSet } from '../config/index.ts'
import type { Origin } from '../graph/graph.ts'
import { linesAsking } from './asking-lines.ts'

const TEXT = `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
mirror:
  platform:
    graph: true
    channels:
      - name: stable-4.16
  additionalImages:
    - name: registry.example/ubi9/ubi:latest
  operators:
    - catalog: registry.example/index@sha256:${'0'.repeat(64)}
      targetTag: v4.16
      packages:
        - name: widget
        - name: gadget
    - catalog: registry.example/heads:v1
  helm:
    repositories:
      - url: https://charts.example/stable
        charts:
          - name: web
      - url: https://charts.example/all
    local:
      - path: charts/disk
`
const imageSets = ['a.yaml', 'b.yaml'].map(path => parseImageSet({ path, text: TEXT }))
const bundle = (catalog: string, name: string): Origin => ({
  kind: 'bundle',
  catalog: `registry.example/${catalog}`,
  package: name,
  bundle: `${name}.v1.0.0`,
  channels: ['stable'],
})
const chart = (repository: string, name: string): Origin => ({
  kind: 'chart',
  repository,
  chart: name,
  version: '1.0.0',
})
const release = (...channels: readonly string[]): Origin => ({
  kind: 'release',
  version: '4.16.8',
  architecture: 'x86_64',
  channels,
})

describe('the line of an image set that asks for', () => {
  const rows: readonly (readonly [string, Origin, readonly string[]])[] = [
    [
      'an additional image is its entry',
      { kind: 'additionalImage', name: 'registry.example/ubi9/ubi:latest' },
      ['a.yaml:9'],
    ],
    ['a release is its channel', release('stable-4.16'), ['a.yaml:7']],
    ['a release of a channel that is not there any more is none', release('fast-4.16'), []],
    ['update graph data is none', { kind: 'graphData' }, []],
    [
      'a pinned catalog is its entry',
      { kind: 'catalog', catalog: 'registry.example/index:v4.16' },
      ['a.yaml:11'],
    ],
    ['a bundle is its package', bundle('index:v4.16', 'gadget'), ['a.yaml:15']],
    ['a bundle of a catalog without packages is the catalog', bundle('heads:v1', 'widget'), ['a.yaml:16']],
    ['a chart is its entry', chart('https://charts.example/stable', 'web'), ['a.yaml:21']],
    ['a chart nobody names any more is none', chart('https://charts.example/stable', 'other'), []],
    ['any chart of a whole repository is that', chart('https://charts.example/all', 'other'), ['a.yaml:22']],
    ['a chart on disk is its path', chart('charts/disk', 'disk'), ['a.yaml:24']],
    ['a bundle of another version of the catalog is none', bundle('index:v4.15', 'gadget'), []],
  ]
  for (const [name, origin, lines] of rows)
    it(name, () => assert.deepEqual(linesAsking(imageSets.slice(0, 1), origin), lines))

  it('what several image sets ask for stands in each', () => {
    assert.deepEqual(linesAsking(imageSets, bundle('index:v4.16', 'widget')), ['a.yaml:14', 'b.yaml:14'])
  })
})

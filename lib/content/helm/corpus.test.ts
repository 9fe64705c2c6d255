/** Every real chart of the corpus: read, rendered, and its images held against those that its publisher lists or writes. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { formatReference } from '../../oci/reference.ts'
import { compareText } from '../../target.ts'
import { readChart } from './chart/read-chart.ts'
import { unpackChart } from './chart/unpack-chart.ts'
import { imagesOfChart } from './images/chart-images.ts'
import { renderChart } from './render/render-chart.ts'
import { readIndex } from './repository/chart-index.ts'

const corpus = process.env.MIRRORFORM_CORPUS ?? path.join(import.meta.dirname, '../../../../shared/corpus')
const folder = path.join(corpus, 'helm')
const skip = existsSync(folder) ? false : 'the corpus is not here (MIRRORFORM_CORPUS names it)'
const names = skip === false ? readdirSync(folder) : []

async function chartOf(name: string) {
  const chart = await readChart(await unpackChart(readFileSync(path.join(folder, name)), name), name)
  const { name: title, version } = chart.metadata
  const rendered = renderChart(chart)
  const { images, notes } = imagesOfChart(rendered, [], `chart ${title} ${version}`)
  return { title: `${title} ${version}`, rendered, images: images.map(formatReference), notes }
}

/** Worked out by hand from values and templates. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  'podinfo 5.0.0': ['ghcr.io/stefanprodan/podinfo:5.0.0'],
  'vault 0.17.0': [
    'registry.connect.redhat.com/hashicorp/vault-k8s:0.14.0-ubi',
    'registry.connect.redhat.com/hashicorp/vault:1.8.4-ubi',
  ],
  'ingress-nginx 4.12.1': [
    'registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:d2fbc4ec70d8aa2050dd91a91506e998765e86c96f32cffb56c503c9c34eed5b',
    'registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.2@sha256:e8825994b7a2c7497375a9b945f386506ca6a3eda80b89b74ef2db743f66a5ea',
  ],
  'kyverno 2.6.5': [
    'registry.connect.redhat.com/nirmata/kyverno:v1.8.5',
    'registry.connect.redhat.com/nirmata/kyvernopre:v1.8.5',
  ],
  'my-chart-with-subchart-alias 0.1.0': [
    'docker.io/library/nginx:1.16.0',
    'quay.io/fedora/postgresql-15:latest',
    'quay.io/rhdh-community/rhdh:next',
  ],
  'osm-edge 1.2.1-ubi8': [
    'quay.io/flomesh/curl-ubi8:7.84.0',
    'quay.io/flomesh/osm-edge-bootstrap-ubi8:1.2.1',
    'quay.io/flomesh/osm-edge-controller-ubi8:1.2.1',
    'quay.io/flomesh/osm-edge-crds-ubi8:1.2.1',
    'quay.io/flomesh/osm-edge-injector-ubi8:1.2.1',
    'quay.io/flomesh/osm-edge-preinstall-ubi8:1.2.1',
    'quay.io/flomesh/pipy-ubi8:0.70.0-46',
  ],
}
/** Charts that Helm itself does not render with their own values alone. */
const INCOMPLETE = [
  'chart-with-file-dependency-chart 1.0.0',
  'flightctl 1.0.0',
  'redhat-rhaap-portal 2.2.5',
  'redhat-trusted-profile-analyzer 0.3.1',
]

describe('real charts', { skip }, () => {
  it('are all rendered, and those that need values are named', async () => {
    const charts = await Promise.all(names.filter(name => name.endsWith('.tgz')).map(chartOf))
    assert.equal(charts.length, 23)
    const failed = charts.flatMap(({ rendered }) => rendered.filter(each => each.kind === 'failed'))
    assert.deepEqual(failed, [])
    const incomplete = charts.filter(({ notes }) => notes.some(note => note.includes('Helm would stop')))
    assert.deepEqual(incomplete.map(({ title }) => title).sort(compareText), INCOMPLETE)
    const images = Object.fromEntries(charts.map(chart => [chart.title, chart.images]))
    for (const [title, expected] of Object.entries(IMAGES)) assert.deepEqual(images[title], expected, title)
    assert.equal(new Set(charts.flatMap(chart => chart.images)).size, 50)
  })

  it('name the images that Helm renders', async () => {
    const table = readFileSync(path.join(import.meta.dirname, 'testing/images-of-helm.yaml'), 'utf8')
    const expected = parse(table) as Readonly<Record<string, readonly string[]>>
    for (const [name, images] of Object.entries(expected))
      assert.deepEqual([...(await chartOf(name)).images].sort(compareText), images, name)
  })

  it('come from indexes that are read whole', () => {
    const counts = names
      .filter(name => name.endsWith('.yaml'))
      .map(name => {
        const { names: charts, versionsOf } = readIndex(readFileSync(path.join(folder, name)), name)
        return [charts.length, charts.flatMap(versionsOf).length]
      })
    assert.deepEqual(counts, [
      [3, 4],
      [3, 3],
      [148, 622],
    ])
  })
})

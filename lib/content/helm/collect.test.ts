/** From an image set's charts to wanted images, with everything that is read given by hand. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesOf, chartsText, indexText, packageOf, sampleChart } from '../../../testdata/charts.ts'
import { parseImageSet } from '../../config/index.ts'
import { formatSource } from '../../graph/naming.ts'
import { digestOf } from '../../oci/digest.ts'
import { CHART_LAYER } from './carry-chart.ts'
import { collectHelm } from './collect.ts'
import type { ChartPlaces } from './places.ts'

const URL = 'https://c.example/stable'
const web = packageOf('web', sampleChart('web', '1.0.0', 'reg.example'))
const oci = packageOf('oci', sampleChart('oci', '2.0.0+b', 'reg.example'))
const HELD: Readonly<Record<string, string | Uint8Array>> = {
  [`${URL}/index.yaml`]: indexText([
    { name: 'web', version: '1.0.0', archive: web },
    { name: 'other', version: '0.1.0' },
    { name: 'lib', version: '1.0.0', type: 'library' },
  ]),
  [`${URL}/web-1.0.0.tgz`]: web,
  [`${URL}/other-0.1.0.tgz`]: packageOf('other', sampleChart('other', '0.1.0', 'reg.example')),
  'oci://reg.example/charts/oci': '{"tags":["1.0.0","2.0.0_b","latest"]}',
  'oci://reg.example/charts/oci:2.0.0_b': oci,
}
const PLACES: ChartPlaces = {
  documents: {
    read: async url => {
      const held = HELD[url]
      return typeof held === 'string' ? Buffer.from(held) : held
    },
    used: [],
  },
  local: {
    read: async path =>
      path === './disk'
        ? bytesOf(sampleChart('disk', '1.0.0', 'reg.example'))
        : path === './web.tgz'
          ? web
          : undefined,
  },
}

async function collect(helm: object, carryCharts = false, places = PLACES) {
  const { helm: section } = parseImageSet({ path: 'set.yaml', text: chartsText(helm) })
  assert.ok(section)
  return collectHelm(section, places, { carryCharts }, new AbortController().signal)
}

const named = (images: Awaited<ReturnType<typeof collect>>['images']) =>
  images.map(({ source, repository, tag }) => `${formatSource(source)} ${repository}:${tag}`)

describe('charts', () => {
  it('of a repository without names are all but libraries', async () => {
    const { images, selections } = await collect({ repositories: [{ url: URL }] })
    assert.deepEqual(named(images), [
      'reg.example/acme/web:1.0.0 acme/web:1.0.0',
      'reg.example/acme/other:0.1.0 acme/other:0.1.0',
    ])
    assert.deepEqual(selections, [
      {
        title: `charts of ${URL}`,
        kept: [
          { name: 'web 1.0.0', why: 'every version of every chart, 1 image' },
          { name: 'other 0.1.0', why: 'every version of every chart, 1 image' },
        ],
        remarks: [],
      },
    ])
  })

  it('of registries and of the disk are taken with their origin and platforms', async () => {
    const platforms = [{ os: 'linux', architecture: 'arm64' }]
    const { images, notes } = await collect({
      repositories: [{ url: 'oci://reg.example/charts', charts: [{ name: 'oci', platforms }] }],
      local: [{ path: './disk', name: 'disc', version: 'v1.0.0' }, { path: './web.tgz' }],
    })
    assert.deepEqual(
      images.map(({ platforms: of, origins }) => [of.length, ...origins]),
      [
        [1, { kind: 'chart', repository: 'oci://reg.example/charts', chart: 'oci', version: '2.0.0+b' }],
        [0, { kind: 'chart', repository: './disk', chart: 'disk', version: '1.0.0' }],
        [0, { kind: 'chart', repository: './web.tgz', chart: 'web', version: '1.0.0' }],
      ],
    )
    assert.deepEqual(notes, ['./disk is the chart disk 1.0.0; the image set calls it disc v1.0.0'])
  })

  it('are carried as artifacts: those of registries as they are, others made the same every time', async () => {
    const helm = {
      repositories: [
        { url: URL, charts: [{ name: 'web' }] },
        { url: 'oci://reg.example/charts', charts: [{ name: 'oci' }] },
      ],
      local: [{ path: './disk' }],
    }
    const [first, second] = [await collect(helm, true), await collect(helm, true)]
    assert.deepEqual(
      named(first.images).filter(each => each.includes(' charts/')),
      [
        `oci:${URL} charts/web:1.0.0`,
        'reg.example/charts/oci:2.0.0_b charts/oci:2.0.0_b',
        'oci:./disk charts/disk:1.0.0',
      ],
    )
    assert.deepEqual(first.images, second.images)
    const [made] = first.images.flatMap(image => image.made ?? [])
    assert.ok(made)
    assert.ok(made.blobs.has(digestOf(web)))
    assert.match(
      made.manifests[0]?.text ?? '',
      new RegExp(`"${CHART_LAYER.replaceAll('.', '\\.').replace('+', '\\+')}"`),
    )
  })

  it('for other clusters are rendered, and that is noted', async () => {
    const more = { 'Chart.yaml': 'name: old\nversion: 1.0.0\nappVersion: 1.0.0\nkubeVersion: "<1.25-0"\n' }
    const local = { read: async () => bytesOf(sampleChart('old', '1.0.0', 'reg.example', more)) }
    const { images, notes } = await collect({ local: [{ path: './old' }] }, false, { ...PLACES, local })
    assert.equal(images.length, 1)
    assert.deepEqual(notes, ['chart old 1.0.0 is for Kubernetes <1.25-0, and is rendered for v1.34.0'])
  })

  it('that cannot be carried under their name are refused by line', async () => {
    const more = { 'Chart.yaml': 'name: a..b\nversion: 1.0.0\n' }
    const local = { read: async () => bytesOf(sampleChart('a', '1.0.0', 'reg.example', more)) }
    await assert.rejects(collect({ local: [{ path: './old' }] }, true, { ...PLACES, local }), {
      name: 'PlanError',
      message: /^set\.yaml:\d+: "charts\/a\.\.b" is not a repository path$/,
    })
  })

  it('that cannot be had are told together, each with the line that asks for it', async () => {
    const helm = {
      repositories: [
        { url: URL, charts: [{ name: 'wep' }, { name: 'web', version: '77.x' }] },
        { url: 'https://none.example' },
        { url: 'oci://reg.example/charts', charts: [{ name: 'oci', version: '9.9.9' }] },
      ],
      local: [{ path: './none' }],
    }
    await assert.rejects(collect(helm), ({ message, hint }: Error & { hint?: string }) => {
      const lines = message.split('\n')
      assert.match(
        lines[0] ?? '',
        /^set\.yaml:\d+: https:\/\/c\.example\/stable\/index\.yaml has no chart wep$/,
      )
      assert.match(lines[1] ?? '', /^set\.yaml:\d+: .*web .* 77\.x/)
      assert.match(
        lines[2] ?? '',
        /^set\.yaml:\d+: there is no index of charts at https:\/\/none\.example\/index\.yaml$/,
      )
      assert.match(
        lines[3] ?? '',
        /^set\.yaml:\d+: there is no chart oci:\/\/reg\.example\/charts\/oci:9\.9\.9$/,
      )
      assert.match(lines[4] ?? '', /^set\.yaml:\d+: there is no chart \.\/none$/)
      assert.match(hint ?? '', /the most like it: web, /)
      return true
    })
  })
})

/** Packaged charts, whoever packed them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { packageOf, sampleChart } from '../../../../testdata/charts.ts'
import { buildLayer } from '../../../../testdata/layers.ts'
import { packChart } from './pack-chart.ts'
import { MAX_FILE_BYTES, unpackChart } from './unpack-chart.ts'

const paths = async (files: Parameters<typeof buildLayer>[0]) => [
  ...(await unpackChart(buildLayer(files).gzip, 'a.tgz')).keys(),
]

describe('a packaged chart', () => {
  it('is its files below the one folder, also when Windows wrote the names', async () => {
    assert.deepEqual(
      await paths({ 'web/Chart.yaml': '', './web/templates//a.yaml': '', 'web\\values.yaml': '' }),
      ['Chart.yaml', 'templates/a.yaml', 'values.yaml'],
    )
  })

  it('comes back from packing as it was, the same bytes every time', async () => {
    const files = await unpackChart(packageOf('web', sampleChart('web', '1.0.0', 'reg')), 'web.tgz')
    const packed = packChart(files, 'web')
    assert.deepEqual(packed, packChart(new Map([...files].reverse()), 'web'))
    assert.deepEqual([...(await unpackChart(packed, 'again'))].sort(), [...files].sort())
  })
})

const REFUSED: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['that is a page for people', Buffer.from('<html>'), /a\.tgz is no packaged chart: incorrect header check/],
  ['that is cut short', buildLayer({ 'a/b': 'c'.repeat(5000) }).gzip.subarray(0, 60), /is no packaged chart/],
  ['that is empty', gzipSync(Buffer.alloc(1024)), /it has no files/],
  [
    'that leads out by name',
    buildLayer({ 'web/../../etc/passwd': 'x' }).gzip,
    /which leads out of the chart/,
  ],
  ['that leads out within itself', buildLayer({ 'web/a/../b': 'x' }).gzip, /which leads out of the chart/],
  ['that names a whole path', buildLayer({ '/etc/passwd': 'x' }).gzip, /which leads out of the chart/],
  ['that names a drive', buildLayer({ 'c:\\x\\y': 'x' }).gzip, /which leads out of the chart/],
  [
    'with a file that Helm would not load',
    buildLayer({ 'web/big': Buffer.alloc(MAX_FILE_BYTES + 1) }).gzip,
    /a file "big" of 5242881 bytes/,
  ],
  [
    'that unpacks to more than Helm takes',
    buildLayer(
      Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`web/${at}`, Buffer.alloc(MAX_FILE_BYTES)])),
    ).gzip,
    /more than 104857600 bytes/,
  ],
]

describe('a packaged chart is refused', () => {
  for (const [sentence, archive, message] of REFUSED)
    it(sentence, () => assert.rejects(unpackChart(archive, 'a.tgz'), { name: 'ChartFault', message }))
})

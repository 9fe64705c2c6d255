/** Charts where they lie: in OCI registries and on disk. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { CHART_CONFIG, CHART_LAYER } from '../../lib/content/helm/index.ts'
import type { WebReader } from '../../lib/provider.ts'
import { packageOf, sampleChart } from '../../testdata/charts.ts'
import { buildArtifact, buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { openRegistries } from '../registry/index.ts'
import { openLocalCharts, withOciCharts } from './index.ts'

const { signal } = new AbortController()
const REQUEST = { maxBytes: 100_000 }

async function registryWith(t: TestContext) {
  const server = await startTestRegistry(t)
  const archive = packageOf('web', sampleChart('web', '1.0.0', 'reg'))
  const chart = buildArtifact({ artifactType: CHART_CONFIG, blobs: [archive], blobType: CHART_LAYER })
  await pushToServer(server.url, 'charts/web', '1.0.0', chart)
  await pushToServer(server.url, 'charts/web', '1.1.0_b', chart)
  await pushToServer(server.url, 'app', '1', buildImage({ seed: 'app' }))
  const registries = await openRegistries({
    srcTlsVerify: false,
    env: {},
    home: temporaryFolder(t),
    retries: 0,
  })
  t.after(() => registries.close())
  const web: WebReader = { get: async url => Buffer.from(url) }
  return { host: server.host, archive, reader: withOciCharts(web, registries.sources) }
}

describe('a chart of a registry', () => {
  it('is the layer that helm push made, its versions are the tags', async t => {
    const { host, archive, reader } = await registryWith(t)
    const read = await reader.get(`oci://${host}/charts/web:1.0.0`, REQUEST, signal)
    assert.deepEqual(Buffer.from(read ?? []), Buffer.from(archive))
    const tags = await reader.get(`oci://${host}/charts/web`, REQUEST, signal)
    assert.deepEqual(JSON.parse(Buffer.from(tags ?? []).toString()), { tags: ['1.0.0', '1.1.0_b'] })
    assert.equal(await reader.get(`oci://${host}/charts/web:2.0.0`, REQUEST, signal), undefined)
    assert.equal(String(await reader.get('https://c.example/a', REQUEST, signal)), 'https://c.example/a')
  })

  it('is refused when it is an image, or larger than a chart', async t => {
    const { host, reader } = await registryWith(t)
    await assert.rejects(reader.get(`oci://${host}/app:1`, REQUEST, signal), /is there, and is no Helm chart/)
    await assert.rejects(
      reader.get(`oci://${host}/charts/web:1.0.0`, { maxBytes: 10 }, signal),
      /has more than 10 bytes/,
    )
  })
})

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = path.join(temporaryFolder(t), 'chart')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

describe('a chart on disk', () => {
  const charts = openLocalCharts()

  it('is its package, or the files of its folder without what .helmignore names', async t => {
    const folder = folderWith(t, {
      'Chart.yaml': 'name: a',
      'templates/a.yaml': '',
      'templates/a.bak': '',
      'templates/.hidden': '',
      '.git/config': '',
      'docs/x.md': '',
      'sub/docs': '',
      '.helmignore': '# no\n*.bak\ndocs/\n.helmignore\n',
    })
    const files = await charts.read(folder, signal)
    assert.ok(files instanceof Map)
    assert.deepEqual([...files.keys()].sort(), ['Chart.yaml', 'sub/docs', 'templates/a.yaml'])
    writeFileSync(path.join(folder, 'a.tgz'), 'bytes')
    assert.equal(String(await charts.read(path.join(folder, 'a.tgz'), signal)), 'bytes')
    assert.equal(await charts.read(path.join(folder, 'none'), signal), undefined)
  })

  it('may have links inside, and none that lead out', async t => {
    const folder = folderWith(t, { 'Chart.yaml': 'name: a' })
    symlinkSync('Chart.yaml', path.join(folder, 'inside'))
    assert.deepEqual([...((await charts.read(folder, signal)) as Map<string, unknown>).keys()].sort(), [
      'Chart.yaml',
      'inside',
    ])
    symlinkSync('/etc/hostname', path.join(folder, 'outside'))
    await assert.rejects(charts.read(folder, signal), /outside is a link that leads out of it/)
  })
})

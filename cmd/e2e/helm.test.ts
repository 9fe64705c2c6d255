/**
 * Images of Helm charts, and charts themselves, between two real registries: from a repository with an index, from an OCI
 * registry, and from the disk; planned, applied, explained, and planned again.
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CHART_CONFIG, CHART_LAYER } from '../../lib/content/helm/index.ts'
import { decodeState } from '../../lib/files/state-file.ts'
import {
  type ChartServer,
  type ChartTexts,
  chartsText,
  indexText,
  packageOf,
  sampleChart,
  startChartServer,
} from '../../testdata/charts.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildArtifact, buildImage } from '../../testdata/images.ts'
import {
  actionsOf,
  IMAGE_SET,
  type MirrorScene,
  mirrorScene,
  PLAIN_HTTP,
  STATE,
} from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { rawDigest, skopeo } from '../../testdata/skopeo.ts'

const skip = skipWithout('docker-registry', 'skopeo')

describe('with docker-registry and skopeo', { skip, concurrency: 2 }, () => {
  let source: DockerRegistry
  let target: DockerRegistry
  let charts: ChartServer
  const ends: (() => Promise<void> | void)[] = []
  before(async () => {
    ;[source, target] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    charts = await startChartServer({ after: work => void ends.push(work) })
    for (const [name, tag] of [
      ['web', '1.2.0'],
      ['web', '1.3.0'],
      ['disk', '0.1.0'],
      ['oci', '2.0.0'],
      ['init', '7'],
    ] as const)
      await pushToServer(source.url, `acme/${name}`, tag, buildImage({ seed: `${name} ${tag}` }))
    fillStable(charts)
  })
  after(() => Promise.all([source.close(), target.close(), ...ends.map(end => end())]))

  /** `stable`, with two versions of one chart. */
  function fillStable(server: ChartServer): void {
    const [old, web] = ['1.2.0', '1.3.0'].map(version =>
      packageOf('web', sampleChart('web', version, source.host)),
    )
    server.put(
      '/stable/index.yaml',
      indexText([
        { name: 'web', version: '1.2.0', ...(old && { archive: old }) },
        { name: 'web', version: '1.3.0', url: 'packages/web-1.3.0.tgz', ...(web && { archive: web }) },
      ]),
    )
    server.put('/stable/web-1.2.0.tgz', old ?? '')
    server.put('/stable/packages/web-1.3.0.tgz', web ?? '')
  }

  const sceneAt = (prefix: string): MirrorScene =>
    mirrorScene({ after: work => void ends.push(work) }, `docker://${target.host}/${prefix}`)

  test('images of a repository, an OCI chart and a chart on disk are planned, applied and explained, and then nothing changes', async () => {
    const chart = packageOf('oci', sampleChart('oci', '2.0.0', source.host))
    await pushToServer(source.url, 'charts/oci', '2.0.0', helmArtifact(chart))
    const scene = sceneAt('three')
    writeChart(
      scene,
      'charts/disk',
      sampleChart('disk', '0.1.0', source.host, {
        'templates/job.yaml': `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: j}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers: [{name: i, image: "${source.host}/acme/init:7"}]\n`,
      }),
    )
    scene.write(
      IMAGE_SET,
      chartsText({
        repositories: [
          { name: 'stable', url: `${charts.url}/stable`, charts: [{ name: 'web', version: '1.3.0' }] },
          { name: 'oci', url: `oci://${source.host}/charts`, charts: [{ name: 'oci' }] },
        ],
        local: [{ name: 'disk', path: 'charts/disk' }],
      }),
    )
    const { document, plan } = await scene.plan()
    assert.deepEqual(actionsOf(document), { add: 4 })
    assert.deepEqual(
      document.changes.map(({ destination }) => destination.replace(/^.*\/three\//, '')),
      ['acme/disk:0.1.0', 'acme/init:7', 'acme/oci:2.0.0', 'acme/web:1.3.0'],
    )
    assert.equal(plan.selections.length, 3)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    assert.equal(
      await rawDigest(scene, `docker://${target.host}/three/acme/init:7`),
      buildImage({ seed: 'init 7' }).manifest.digest,
    )
    assert.equal((await scene.plan()).code, 0)
    const why = await scene.run(['why', 'acme/web:1.3.0', '--state', STATE, '-c', IMAGE_SET])
    assert.match(why.stdout, /chart web 1\.3\.0/, why.output)
    assert.match(why.stdout, /imageset\.yaml:\d+/, why.output)
  })

  test('a repository without charts means every version, a new version is an addition, and its images leave with it', async t => {
    const server = await startChartServer(t)
    fillStable(server)
    const scene = sceneAt('all')
    const want = (...versions: readonly string[]) =>
      scene.write(
        IMAGE_SET,
        chartsText({
          repositories: [
            { url: `${server.url}/stable/`, charts: versions.map(version => ({ name: 'web', version })) },
          ],
        }),
      )
    want()
    await scene.apply()
    const packages = () => server.requests.filter(path => path.endsWith('.tgz')).length
    const read = packages()
    assert.equal((await scene.plan()).code, 0)
    assert.equal(packages(), read, 'what the index has a digest of is not read again')
    want('1.2.x')
    const narrower = await scene.plan('--allow-mass-delete')
    assert.deepEqual(actionsOf(narrower.document), { delete: 1 })
    assert.match(narrower.document.changes[0]?.destination ?? '', /acme\/web:1\.3\.0$/)
  })

  test('charts are carried when asked, as helm push would have sent them, and the same plan again finds them there', async () => {
    const scene = sceneAt('carried')
    scene.write(
      IMAGE_SET,
      chartsText({
        repositories: [{ url: `${charts.url}/stable`, charts: [{ name: 'web' }] }],
      }),
    )
    const { document } = await scene.plan('--carry-charts')
    assert.deepEqual(actionsOf(document), { add: 2 })
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const place = `docker://${target.host}/carried/charts/web:1.3.0`
    const raw: unknown = JSON.parse(
      (await skopeo(scene, 'inspect', '--raw', '--tls-verify=false', place)).toString(),
    )
    const { config, layers } = raw as {
      readonly config: { readonly mediaType: string }
      readonly layers: readonly { readonly mediaType: string; readonly digest: string }[]
    }
    assert.equal(config.mediaType, CHART_CONFIG)
    assert.deepEqual(
      layers.map(({ mediaType }) => mediaType),
      [CHART_LAYER],
    )
    const blob = await fetch(`${target.url}/v2/carried/charts/web/blobs/${layers[0]?.digest}`)
    assert.deepEqual(
      Buffer.from(await blob.arrayBuffer()),
      Buffer.from(packageOf('web', sampleChart('web', '1.3.0', source.host))),
    )
    assert.equal((await scene.plan('--carry-charts')).code, 0)
    const resources = await scene.run(['resources', '--state', STATE, '--out', 'resources'])
    assert.equal(resources.code, 0, resources.output)
  })

  test('a plan made with the documents of an earlier one needs no chart server', async t => {
    const scene = sceneAt('inputs')
    const passing = await startChartServer(t)
    const archive = packageOf('web', sampleChart('web', '1.3.0', source.host))
    passing.put('/index.yaml', indexText([{ name: 'web', version: '1.3.0', archive }]))
    passing.put('/web-1.3.0.tgz', archive)
    scene.write(IMAGE_SET, chartsText({ repositories: [{ url: passing.url, charts: [{ name: 'web' }] }] }))
    await scene.plan()
    passing.put('/index.yaml', indexText([]))
    const seen = passing.requests.length
    const again = await scene.at('plan', ['--inputs', 'mirror.plan.json', '--detailed-exitcode'])
    assert.equal(again.code, 2, again.output)
    assert.equal(passing.requests.length, seen)
  })

  test('the far side of a gap plans the same charts from an archive, without their servers and without the disk', async t => {
    const server = await startChartServer(t)
    const archive = packageOf('web', sampleChart('web', '1.3.0', source.host))
    server.put('/index.yaml', indexText([{ name: 'web', version: '1.3.0', archive }]))
    server.put('/web-1.3.0.tgz', archive)
    const address = `docker://${target.host}/far`
    const near = mirrorScene(t, address)
    const far = mirrorScene(t, address)
    writeChart(near, 'charts/disk', sampleChart('disk', '0.1.0', source.host))
    for (const side of [near, far])
      side.write(
        IMAGE_SET,
        chartsText({
          repositories: [{ url: server.url, charts: [{ name: 'web' }] }],
          local: [{ path: 'charts/disk' }],
        }),
      )
    const shipped = ['--to', `file://${near.path('disc')}`, '--for', address, '--state', STATE, '--yes']
    const written = await near.run(['apply', '-c', IMAGE_SET, ...shipped, '--carry-charts', ...PLAIN_HTTP])
    assert.equal(written.code, 0, written.output)
    server.put('/index.yaml', 'gone')
    const arrived = await far.at('apply', [
      '--from',
      `file://${near.path('disc')}`,
      '--yes',
      '--carry-charts',
    ])
    assert.equal(arrived.code, 0, arrived.output)
    const digestsOf = (side: MirrorScene) =>
      decodeState(side.read(STATE), STATE).images.map(({ digest }) => digest)
    assert.deepEqual(digestsOf(far), digestsOf(near))
    assert.deepEqual(
      decodeState(far.read(STATE), STATE).images.map(({ destination }) => destination.repository),
      ['far/acme/disk', 'far/acme/web', 'far/charts/disk', 'far/charts/web'],
    )
  })

  test('a package that is not the one of the index is refused with both digests', async t => {
    const scene = sceneAt('other')
    const server = await startChartServer(t)
    const archive = packageOf('web', sampleChart('web', '1.3.0', source.host))
    server.put('/index.yaml', indexText([{ name: 'web', version: '1.3.0', digest: 'ab'.repeat(32) }]))
    server.put('/web-1.3.0.tgz', archive)
    scene.write(IMAGE_SET, chartsText({ repositories: [{ url: server.url }] }))
    const { code, output } = await scene.at('plan')
    assert.equal(code, 1)
    assert.match(
      output.replace(/\s+/g, ' '),
      /imageset\.yaml:\d+: chart web 1\.3\.0 .*is not the one of the index: its digest is \w{64}, the index says (ab){32}/,
    )
  })
})

/** With the one layer that `helm push` sends. */
const helmArtifact = (archive: Uint8Array) =>
  buildArtifact({ artifactType: CHART_CONFIG, blobs: [archive], blobType: CHART_LAYER })

function writeChart(scene: MirrorScene, folder: string, files: ChartTexts): void {
  for (const [path, text] of Object.entries(files)) {
    const file = scene.path(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

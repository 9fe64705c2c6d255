/**
 * No step reaches what it should not: while an enclave is planned, filled, verified and asked about, every place of the internet
 * answers as before and writes down who asks, and a proxy stands where the way to any other host would lead.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { CHART_CONFIG, CHART_LAYER } from '../../lib/content/helm/index.ts'
import { publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { indexText, packageOf, sampleChart, startChartServer } from '../../testdata/charts.ts'
import { enclaveScene } from '../../testdata/enclave-scene.ts'
import { buildArtifact, buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { BASE_HOST, digestAt, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { RELEASE_HOST, type Release } from '../../testdata/releases.ts'
import { samplesConfigMap } from '../../testdata/sample-streams.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { graphDataArchive, startUpdateGraphServer, updateGraph } from '../../testdata/update-graph-server.ts'

const HOSTS = [RELEASE_HOST, BASE_HOST, 'registry.example.com', 'ghcr.io', 'docker.io', 'registry.redhat.io']
const CHANNEL = 'stable-4.16'
const app = buildImage({ seed: 'app' })
const signature = buildCosignSignature(app.manifest.digest)
const statement = buildArtifact({ artifactType: 'application/vnd.acme.statement', subject: app })
const ruby = buildImage({ seed: 'ruby' })
const ofChart = { web: buildImage({ seed: 'web' }), oci: buildImage({ seed: 'oci' }) }
const READING = ['GET', 'HEAD']

/** A proxy that lets nobody through. @returns its URL, and every host and address that somebody wanted to reach */
async function startWall(t: TestEnd) {
  const wanted: string[] = []
  const server = createServer((request, response) => {
    wanted.push(request.url ?? '')
    response.writeHead(502).end()
  })
  server.on('connect', (request, socket) => {
    wanted.push(request.url ?? '')
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, wanted }
}

/** Everything that an image set can ask for, published. */
async function startInternet(t: TestEnd) {
  const [registry, graphs, charts, wall] = await Promise.all([
    startTestRegistry(t),
    startUpdateGraphServer(t),
    startChartServer(t),
    startWall(t),
  ])
  const { url } = registry
  const source = await releaseSource(registry)
  const [release] = buildSeries({ versions: ['4.16.1'], components: 2, changed: 1 }) as [Release]
  await source.push(release)
  graphs.setGraph('amd64', CHANNEL, updateGraph([release], undefined, { channels: [CHANNEL] }))
  graphs.setGraphData(graphDataArchive({ [CHANNEL]: [release.version] }))
  graphs.setSignatures(release.payload.manifest.digest, [await source.signatureOf(release)])
  await publishCatalog(url, 'registry.example.com/olm/demo-index:v1', sketchCatalog())
  await pushToServer(url, 'ubi9/ubi', 'latest', buildImage({ seed: 'ubi' }))
  await pushToServer(url, 'ubi9/ruby', 'latest', ruby)
  await pushToServer(url, 'acme/web', '1.0.0', ofChart.web)
  await pushToServer(url, 'acme/oci', '1.0.0', ofChart.oci)
  await pushToServer(url, 'team/app', '1', app)
  await pushToServer(url, 'team/app', signature.tag, signature)
  await pushToServer(url, 'team/app', statement.manifest.digest, statement)
  const [web, oci] = ['web', 'oci'].map(name => packageOf(name, sampleChart(name, '1.0.0', 'quay.io'))) as [
    Uint8Array,
    Uint8Array,
  ]
  charts.put('/index.yaml', indexText([{ name: 'web', version: '1.0.0', url: 'web.tgz', archive: web }]))
  charts.put('/web.tgz', web)
  const artifact = { artifactType: CHART_CONFIG, blobs: [oci], blobType: CHART_LAYER }
  await pushToServer(url, 'charts/oci', '1.0.0', buildArtifact(artifact))
  return { registry, graphs, charts, wall, release, key: source.signer.armoredPublicKey }
}

test('behind the enterprise nobody of the internet is asked, whatever is mirrored and whatever command runs', async t => {
  const { registry, graphs, charts, wall, release, key } = await startInternet(t)
  const [enterprise, site] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  const scene = enclaveScene(t, registry.host, HOSTS, {
    UPDATE_URL_OVERRIDE: graphs.graphUrl,
    OCP_SIGNATURE_URL: graphs.signatureUrl,
    OCP_SIGNATURE_VERIFICATION_PK: 'release-key.asc',
    HTTP_PROXY: wall.url,
    HTTPS_PROXY: wall.url,
  })
  scene.write('release-key.asc', key)
  scene.write('samples.yaml', samplesConfigMap({ 'ruby:3.3': 'registry.redhat.io/ubi9/ruby:latest' }))
  scene.write(
    'all.yaml',
    JSON.stringify({
      apiVersion: 'mirror.openshift.io/v2alpha1',
      kind: 'ImageSetConfiguration',
      mirror: {
        platform: { graph: true, channels: [{ name: CHANNEL }] },
        operators: [{ catalog: 'registry.example.com/olm/demo-index:v1', packages: [{ name: 'gadget' }] }],
        additionalImages: [{ name: 'quay.io/team/app:1' }],
        samples: [{ name: 'ruby' }],
        helm: {
          repositories: [
            { name: 'web', url: charts.url, charts: [{ name: 'web', version: '1.0.0' }] },
            { name: 'oci', url: 'oci://registry.example.com/charts', charts: [{ name: 'oci' }] },
          ],
        },
      },
    }),
  )
  const hub = {
    name: 'enterprise',
    to: `docker://${enterprise.host}/hub`,
    imageSets: ['all.yaml'],
    inputs: 'enterprise.plan.json',
  }
  scene.topology(hub, {
    name: 'enc1',
    to: `docker://${site.host}/ocp`,
    via: 'enterprise',
    imageSets: ['all.yaml'],
  })
  const samples = ['--samples-from', 'samples.yaml']
  const data = ['--graph-data-url', graphs.graphDataUrl, '-o', 'enterprise.plan.json']
  const planned = await scene.at('plan', 'enterprise', ...samples, ...data)
  assert.equal(planned.code, 0, planned.output)
  const applied = await scene.run(['apply', 'enterprise.plan.json', ...PLAIN_HTTP])
  assert.equal(applied.code, 0, applied.output)

  assert.deepEqual(wall.wanted, [])
  for (const each of [registry, enterprise]) each.clearRequests()
  graphs.clearRequests()
  const known = charts.requests.length
  await scene.apply('enc1', ...samples, '--resources', 'cluster')
  for (const [command, ...more] of [['verify', '--deep'], ['refresh'], ['plan', ...samples]] as const) {
    const { code, output } = await scene.at(command, 'enc1', ...more)
    assert.equal(code, 0, output)
  }
  site.clearRequests()
  const disc = ['--to', `file://${scene.path('disc')}`, '--for', 'enc1', '--assume', 'none', '--yes']
  const shipped = await scene.run(['apply', ...disc, ...samples, ...PLAIN_HTTP])
  assert.equal(shipped.code, 0, shipped.output)

  assert.deepEqual(registry.requests, [])
  assert.deepEqual(site.requests, [], 'an archive is written without its target')
  assert.deepEqual(graphs.requests, [])
  assert.equal(charts.requests.length, known)
  assert.deepEqual(wall.wanted, [])
  assert.ok(enterprise.requests.length > 0)
  assert.deepEqual(
    enterprise.requests.filter(({ method }) => !READING.includes(method)),
    [],
  )
  const held: readonly (readonly [place: string, digest: string])[] = [
    ['team/app:1', app.manifest.digest],
    [`team/app:${signature.tag}`, signature.manifest.digest],
    ['acme/web:1.0.0', ofChart.web.manifest.digest],
    ['acme/oci:1.0.0', ofChart.oci.manifest.digest],
    ['ubi9/ruby:latest', ruby.manifest.digest],
    [`openshift/release-images:${release.tag}`, release.payload.manifest.digest],
  ]
  for (const [place, digest] of held) assert.equal(await digestAt(site.url, `ocp/${place}`), digest, place)
  const answer = await fetch(`${site.url}/v2/ocp/team/app/referrers/${app.manifest.digest}`)
  const { manifests } = (await answer.json()) as { manifests: readonly { digest: string }[] }
  assert.deepEqual(
    manifests.map(({ digest }) => digest),
    [statement.manifest.digest],
  )
})

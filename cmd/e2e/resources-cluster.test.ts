/** Resources of mirrors that hold releases and operators: what a cluster is given follows from what was mirrored. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { hexOf } from '../../lib/oci/digest.ts'
import { catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { clusterFaults } from '../../testdata/cluster-schemas.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { IMAGE_SET, type MirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { releaseScene, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { graphDataArchive } from '../../testdata/update-graph-server.ts'

const OUT = 'out'
const CATALOG = 'registry.example.com/olm/demo-index:v1'

/** `kind name: source -> mirror` of every mirror set. */
function pairsOf(scene: MirrorScene): readonly string[] {
  return ['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml'].flatMap(file =>
    parseAllDocuments(scene.read(`${OUT}/${file}`)).flatMap(document => {
      const object = document.toJS()
      assert.deepEqual(clusterFaults(object), [])
      const entries: readonly { source: string; mirrors: readonly string[] }[] =
        object.spec.imageDigestMirrors ?? object.spec.imageTagMirrors
      return entries.map(
        ({ source, mirrors }) => `${object.metadata.name}: ${source} -> ${mirrors.join(', ')}`,
      )
    }),
  )
}

test('a mirror of releases gives mirror sets, the signatures that were verified, and an UpdateService', async t => {
  const [registry, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  const source = await releaseSource(registry)
  const [release] = buildSeries({ versions: ['4.16.2'], components: 2, changed: 1 })
  assert.ok(release !== undefined)
  await source.push(release)
  const scene = await releaseScene(t, source, `docker://${target.host}/ns`)
  await pushToServer(registry.url, 'ubi9/ubi', 'latest', buildMultiArch({ seed: 'ubi' }))
  await scene.publish('stable-4.16', [release])
  scene.graphs.setGraphData(graphDataArchive({ 'stable-4.16': ['4.16.2'] }))
  scene.wantPlatform({ graph: true, channels: [{ name: 'stable-4.16' }] })
  await scene.apply('--resources', OUT, '--graph-data-url', scene.graphs.graphDataUrl)
  const at = `${target.host}/ns/openshift`
  assert.deepEqual(pairsOf(scene), [
    `idms-release-0: quay.io/openshift-release-dev/ocp-release -> ${at}/release-images`,
    `idms-release-0: quay.io/openshift-release-dev/ocp-v4.0-art-dev -> ${at}/release`,
    `itms-release-0: quay.io/openshift-release-dev/ocp-release -> ${at}/release-images`,
  ])
  const service = parse(scene.read(`${OUT}/updateService.yaml`))
  assert.deepEqual(clusterFaults(service), [])
  assert.deepEqual(service.spec, {
    replicas: 2,
    releases: `${at}/release-images`,
    graphDataImage: `${at}/graph-image:latest`,
  })
  const signatures = parse(scene.read(`${OUT}/signature-configmap.yaml`))
  assert.deepEqual(clusterFaults(signatures), [])
  const signature = Buffer.from(await source.signatureOf(release)).toString('base64')
  assert.deepEqual(signatures.binaryData, {
    [`sha256-${hexOf(release.payload.manifest.digest)}-1`]: signature,
  })
  assert.deepEqual(JSON.parse(scene.read(`${OUT}/signature-configmap.json`)), signatures)
})

test('a mirror of operators gives a CatalogSource by its template and a ClusterCatalog, also from the pinned image set', async t => {
  const [registry, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await publishCatalog(registry.url, CATALOG, sketchCatalog())
  const scene = catalogScene(t, registry.host, `docker://${target.host}/ns`)
  scene.write(
    'cs.yaml',
    'apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\nspec: {displayName: Demo, priority: -100}\n',
  )
  scene.wantOperators({ catalog: CATALOG, packages: [{ name: 'widget' }] })
  scene.write(
    IMAGE_SET,
    scene.read(IMAGE_SET).replace('"packages"', '"targetCatalogSourceTemplate":"cs.yaml","packages"'),
  )
  await scene.apply('--resources', OUT)
  const files = ['cs-demo-index-v1.yaml', 'cc-demo-index-v1.yaml']
  const objects = files.map(file => parse(scene.read(`${OUT}/${file}`)))
  for (const object of objects) assert.deepEqual(clusterFaults(object), [])
  const image = `${target.host}/ns/olm/demo-index:v1`
  assert.deepEqual(objects[0].spec, { displayName: 'Demo', priority: -100, image, sourceType: 'grpc' })
  assert.deepEqual(objects[1].spec.source, { type: 'Image', image: { ref: image } })
  for (const pair of pairsOf(scene))
    assert.match(pair, /^i[dt]ms-operator-0: .* -> 127\.0\.0\.1:\d+\/ns(\/|$)/)
  assert.ok(pairsOf(scene).every(pair => !pair.includes('demo-index')))
  const before = scene.read(`${OUT}/${files[0]}`)
  const pinned = await scene.at('plan', ['--write-pinned', IMAGE_SET, '--resources', OUT])
  assert.equal(pinned.code, 0, pinned.output)
  assert.match(scene.read(IMAGE_SET), /demo-index@sha256:/)
  const again = await scene.run(['resources', '--state', STATE, '-c', IMAGE_SET, '--out', OUT])
  assert.match(again.stdout, /out: unchanged/)
  assert.equal(scene.read(`${OUT}/${files[0]}`), before)
})

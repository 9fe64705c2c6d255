/**
 * A mirror that oc-mirror v1 filled, taken over with v1's own image set: what is there is not sent again, what left the
 * image set is deleted, and heads-only operators keep everything since their first run.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fnvTag } from '../../lib/content/operator/legacy-names.ts'
import { parseReference } from '../../lib/oci/reference.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { catalogScene, keptBundles, publishCatalog, pushReferences } from '../../testdata/catalog-scene.ts'
import { bundleReferences, type OperatorSketch, sketchCatalog } from '../../testdata/catalogs.ts'
import { skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { type Association, metadataImage, metadataText } from '../../testdata/v1-history.ts'

const CATALOG = 'registry.example.com/olm/index:v4.16'
const UID = '360a43c2-0000-4000-8000-000000000000'
const WIDGET = ['1.0.0', '1.1.0 replaces 1.0.0', '1.2.0 replaces 1.1.0']
const NEWER = [...WIDGET, '1.3.0 replaces 1.2.0']
const FILE = 'v1.yaml'

const operator = (stable: readonly string[]): OperatorSketch => ({
  name: 'widget',
  defaultChannel: 'stable',
  channels: { stable },
})

/** Of a second run that took the head 1.2.0 first. */
function metadata(associations: readonly Association[]): string {
  const packages = [{ name: 'widget', channels: [{ name: 'stable', minVersion: '1.2.0' }] }]
  return metadataText(UID, { sequence: 2, associations, operators: [{ catalog: CATALOG, packages }] })
}

/** An image set of v1 with two images and the heads of a catalog. */
function imageSet(storage: string): string {
  return [
    'apiVersion: mirror.openshift.io/v1alpha2',
    'kind: ImageSetConfiguration',
    'storageConfig:',
    storage,
    'mirror:',
    '  additionalImages:',
    '  - name: quay.io/acme/app:v1',
    '  - name: quay.io/acme/tool:v1',
    '  operators:',
    `  - catalog: ${CATALOG}`,
    '    packages:',
    '    - name: widget',
    '',
  ].join('\n')
}

/** A source, and a target that v1 filled from it: three images and the head of a catalog. */
async function mirrorOfV1(t: TestContext) {
  const [source, target] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
  t.after(() => Promise.all([source.close(), target.close()]))
  const scene = catalogScene(t, source.host, `docker://${target.host}/ocp`)
  const images = new Map(
    ['app', 'tool', 'old'].map(name => [`quay.io/acme/${name}:v1`, buildImage({ seed: name })]),
  )
  await pushReferences(source.url, images)
  const { images: known } = sketchCatalog([operator(WIDGET)])
  for (const text of Object.values(bundleReferences(operator(WIDGET), '1.2.0'))) {
    const image = known.get(text)
    assert.ok(image)
    images.set(text, image)
  }
  const associations: Association[] = []
  for (const [text, image] of images) {
    const { path: repository, tag = fnvTag(text), digest } = parseReference(text)
    await pushToServer(target.url, `ocp/${repository}`, tag, image)
    associations.push({
      name: text,
      path: `${target.host}/ocp/${repository}:${tag}`,
      id: image.manifest.digest,
      type: digest === undefined ? 'generic' : 'operatorRelatedImage',
    })
  }
  await pushToServer(target.url, 'ocp/olm/index', 'v4.16', buildImage({ seed: 'made by v1' }))
  return { source, target, scene, associations }
}

test('a mirror of oc-mirror v1 is taken over by its own image set', {
  skip: skipWithout('docker-registry'),
}, async t => {
  const { source, target, scene, associations } = await mirrorOfV1(t)
  const written = metadataImage(metadata(associations))
  await pushToServer(target.url, 'meta/history', 'latest', written)
  await pushToServer(target.url, 'ocp/oc-mirror', UID, written)
  const plan = async () => {
    const to = ['--to', `docker://${target.host}/ocp`, '--dest-tls-verify=false']
    const files = ['-o', 'plan.json', '--export-pruning-plan', 'pruning-plan.json']
    const result = await scene.run(['plan', '-c', FILE, ...to, ...files])
    assert.equal(result.code, 0, result.output)
    const { changes, ...rest } = decodePlan(scene.read('plan.json'), 'plan.json')
    const names = (action: string): readonly string[] =>
      changes
        .filter(change => change.action === action)
        .map(({ image }) => `${image.destination.repository}:${image.destination.tag}`)
    return { names, kept: keptBundles(rest), output: result.output }
  }

  // The registry of storageConfig speaks plain HTTP: skipTLS holds for it without a flag.
  scene.write(FILE, imageSet(`  registry: {imageURL: "${target.host}/meta/history", skipTLS: true}`))
  await publishCatalog(source.url, CATALOG, sketchCatalog([operator(NEWER)]))
  const first = await plan()
  assert.deepEqual(first.kept, ['widget.v1.2.0', 'widget.v1.3.0'])
  assert.equal(first.names('adopt').length, associations.length - 1, first.output)
  assert.deepEqual(first.names('delete'), ['ocp/acme/old:v1'])
  assert.deepEqual(first.names('move'), ['ocp/olm/index:v4.16'])
  const added = first.names('add')
  assert.ok(added.length > 0 && added.every(name => name.startsWith('ocp/acme/widget')), first.output)
  assert.match(first.output, /run 2,\s+\S+meta\/history:latest/)
  const old = associations.find(({ name }) => name.includes('/old:'))
  assert.deepEqual(JSON.parse(scene.read('pruning-plan.json')), {
    registry: target.host,
    repositories: [{ name: 'ocp/acme/old', manifests: [old?.id] }],
  })
  const applied = await scene.run(['apply', 'plan.json', '--yes', '--dest-tls-verify=false'])
  assert.equal(applied.code, 0, applied.output)
  const gone = await fetch(`${target.url}/v2/ocp/acme/old/manifests/v1`, { method: 'HEAD' })
  assert.equal(gone.status, 404)

  await publishCatalog(source.url, CATALOG, sketchCatalog([operator([...NEWER, '1.4.0 replaces 1.3.0'])]))
  scene.write(FILE, imageSet('  local: {path: ./nowhere}'))
  await fetch(`${target.url}/v2/ocp/oc-mirror/manifests/${written.manifest.digest}`, { method: 'DELETE' })
  const later = await plan()
  assert.deepEqual(later.kept, ['widget.v1.2.0', 'widget.v1.3.0', 'widget.v1.4.0'])
  assert.deepEqual(later.names('delete'), [])
})

test('import takes what oc-mirror v1 put at the target by way of a disk, also what is no longer asked for', async t => {
  const [source, target] = [await startTestRegistry(t), await startTestRegistry(t)]
  const scene = catalogScene(t, source.host, `docker://${target.host}/ocp`)
  const associations: Association[] = []
  for (const name of ['app', 'old']) {
    const image = buildImage({ seed: name })
    await pushToServer(source.url, `acme/${name}`, 'v1', image)
    await pushToServer(target.url, `ocp/acme-${name}`, 'v1', image)
    const id = image.manifest.digest
    const from = `quay.io/acme/${name}:v1`
    associations.push({ name: from, path: `acme/${name}`, tagSymlink: 'v1', id, type: 'generic' })
  }
  scene.write('store/publish/.metadata.json', metadata(associations))
  await pushToServer(target.url, 'ocp/oc-mirror', UID, metadataImage(metadata(associations)))
  scene.write(
    FILE,
    [
      'apiVersion: mirror.openshift.io/v1alpha2',
      'kind: ImageSetConfiguration',
      'storageConfig: {local: {path: ./store}}',
      'mirror: {additionalImages: [{name: "quay.io/acme/app:v1"}]}',
      '',
    ].join('\n'),
  )
  const to = ['--to', `docker://${target.host}/ocp`, '--dest-tls-verify=false']
  const args = ['-c', FILE, ...to, '--max-nested-paths', '2']
  const imported = await scene.run(['import', ...args])
  assert.equal(imported.code, 0, imported.output)
  assert.match(imported.stdout, /2 images taken into/)
  const planned = await scene.run(['plan', ...args])
  assert.match(planned.stdout, /− acme-old:v1 {2}last wanted by additional image quay\.io\/acme\/old:v1/)
  assert.match(planned.stdout, /Plan: 1 to delete, 1 unchanged\. No blobs to copy\./)
})

/**
 * The command lines of the product documentation for `oc adm catalog mirror`, typed as they are there: to a registry, through
 * a folder into a disconnected one, and for the manifests alone.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { fnvTag } from '../../lib/content/operator/legacy-names.ts'
import { decodeState } from '../../lib/files/state-file.ts'
import { parseReference } from '../../lib/oci/reference.ts'
import { type CatalogScene, catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { type Built, buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { registriesConf } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const [widget, gadget] = DEMO_OPERATORS
const { bundle = '', operator = '', proxy = '' } = bundleReferences(widget, '1.0.0')
const skip = skipWithout('docker-registry', 'skopeo')

describe('oc adm catalog mirror', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let index: Built
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    index = await publishCatalog(a.url, CATALOG, sketchCatalog(), {
      platforms: ['linux/amd64', 'linux/arm64'],
    })
  })
  after(() => Promise.all([a.close(), b.close()]))

  const mirror = (scene: CatalogScene, ...words: string[]) =>
    scene.run(['adm', 'catalog', 'mirror', ...words, '--insecure'])
  const filesIn = (scene: CatalogScene, folder: string) => readdirSync(scene.path(folder)).toSorted()

  test("the whole catalog is copied under oc's names, with a folder of manifests; a second run copies nothing", async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/olm-mirror`)
    scene.write('pull-secret.json', '{"auths":{}}')
    const words = [
      CATALOG,
      `${b.host}/olm-mirror`,
      '-a',
      'pull-secret.json',
      '--index-filter-by-os=linux/amd64',
    ]
    const done = await mirror(scene, ...words, '--to-manifests=manifests')
    assert.equal(done.code, 0, done.output)
    assert.match(done.stdout, /wrote mirroring manifests to manifests\n/)
    const place = `${b.host}/olm-mirror/olm-demo-index:v1`
    assert.equal(await rawDigest(scene, `docker://${place}`), index.manifest.digest)
    const widgetBundles = await tagsAt(b.url, 'olm-mirror/acme-widget-bundle')
    assert.ok(widgetBundles.includes(fnvTag(bundle)), widgetBundles.join(' '))
    assert.equal(widgetBundles.length, 7)
    const shared = parseReference(proxy)
    assert.equal(await digestAt(b.url, 'olm-mirror/acme-proxy:1.2'), shared.digest)

    assert.deepEqual(filesIn(scene, 'manifests'), [
      'catalogSource.yaml',
      'imageContentSourcePolicy.yaml',
      'imageDigestMirrorSet.yaml',
      'mapping.txt',
    ])
    assert.deepEqual(parse(scene.read('manifests/catalogSource.yaml')), {
      apiVersion: 'operators.coreos.com/v1alpha1',
      kind: 'CatalogSource',
      metadata: { name: 'demo-index', namespace: 'openshift-marketplace' },
      spec: { image: place, sourceType: 'grpc' },
    })
    const policy = parse(scene.read('manifests/imageContentSourcePolicy.yaml'))
    assert.equal(policy.metadata.name, 'demo-index-0')
    assert.deepEqual(policy.spec.repositoryDigestMirrors[0], {
      mirrors: [`${b.host}/olm-mirror/acme-proxy`],
      source: 'quay.io/acme/proxy',
    })
    const mapping = scene.read('manifests/mapping.txt')
    assert.ok(mapping.includes(`${CATALOG}=${place}\n`))
    assert.ok(mapping.includes(`${operator}=${b.host}/olm-mirror/acme-widget:${fnvTag(operator)}\n`))
    assert.deepEqual(mapping.trimEnd().split('\n').toSorted(), mapping.trimEnd().split('\n'))
    const policies = 'manifests/imageContentSourcePolicy.yaml'
    const migrated = await scene.run(['adm', 'migrate', 'icsp', policies, '--dest-dir', 'sets'])
    assert.match(migrated.stdout, /^wrote ImageDigestMirrorSet to sets\//)
    assert.deepEqual(
      parse(scene.read('sets/imagedigestmirrorset_demo-index-0.yaml')),
      parse(scene.read('manifests/imageDigestMirrorSet.yaml')),
    )
    const again = await mirror(scene, ...words, '--dry-run')
    assert.match(again.stdout, /No changes/i, again.output)
  })

  test('--manifests-only touches neither target nor state, and apply --mapping then copies the same', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/mapped`)
    const written = await mirror(
      scene,
      ...[CATALOG, `${b.host}/mapped`, '--manifests-only', '--max-components=0', '--icsp-scope=registry'],
    )
    assert.equal(written.code, 0, written.output)
    const [folder = ''] = filesIn(scene, '.').filter(name => name.startsWith('manifests-demo-index-'))
    assert.ok(!filesIn(scene, '.').some(name => name.endsWith('.state.json')))
    assert.deepEqual(await tagsAt(b.url, 'mapped/olm/demo-index'), [])
    const policy = parse(scene.read(`${folder}/imageContentSourcePolicy.yaml`))
    assert.deepEqual(policy.spec.repositoryDigestMirrors, [
      { mirrors: [b.host], source: 'quay.io' },
      { mirrors: [b.host], source: 'registry.example.com' },
    ])
    const applied = await scene.run([
      ...['apply', '--yes', '--mapping', `${folder}/mapping.txt`, '--to', `docker://${b.host}/mapped`],
      ...['--skip-deletes', '--src-tls-verify=false', '--dest-tls-verify=false'],
    ])
    assert.equal(applied.code, 0, applied.output)
    assert.equal(await digestAt(b.url, 'mapped/olm/demo-index:v1'), index.manifest.digest)
    assert.equal(await digestAt(b.url, 'mapped/acme/proxy:1.2'), parseReference(proxy).digest)
  })

  test("a tag that oc gave to last week's catalog stops the plan, until it is taken over by the mapping", async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/before`)
    await pushToServer(b.url, 'before/olm-demo-index', 'v1', buildImage({ seed: 'last week' }))
    const words = [CATALOG, `${b.host}/before`, '--to-manifests=M']
    const stopped = await mirror(scene, ...words)
    assert.equal(stopped.code, 1)
    assert.match(stopped.stderr, /olm-demo-index:v1 holds an image that is not ours/)
    assert.equal((await mirror(scene, ...words, '--manifests-only')).code, 0)
    const taken = await scene.run(
      ['import', '--mapping', 'M/mapping.txt', '--to', scene.target].concat(PLAIN_HTTP),
    )
    assert.match(taken.stdout, /^1 image taken into/m, taken.output)
    const done = await mirror(scene, ...words)
    assert.equal(done.code, 0, done.output)
    assert.equal(await digestAt(b.url, 'before/olm-demo-index:v1'), index.manifest.digest)
  })

  test('what the catalog names and nobody could be asked for is told, with the manifests alone too', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/odd`)
    const { files, images } = sketchCatalog()
    const odd = Object.entries(files).map(([name, text]) => [name, text.replaceAll(operator, 'No Image!')])
    const reference = 'registry.example.com/olm/odd-index:v1'
    await publishCatalog(a.url, reference, { files: Object.fromEntries(odd), images })
    const words = [reference, `${b.host}/odd`, '--to-manifests=M']
    const written = await mirror(scene, ...words, '--manifests-only')
    assert.match(written.stderr, /widget\.v1\.0\.0 is incomplete: "No Image!" is not an image reference/)
    assert.equal(written.code, 0)
    const copied = await mirror(scene, ...words)
    assert.equal(copied.code, 4, copied.output)
    assert.ok((await tagsAt(b.url, 'odd/olm-odd-index')).includes('v1'))
  })

  test('a folder carries the catalog to a disconnected registry, and one step there gives manifests with the public names', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/far`)
    const written = await mirror(scene, CATALOG, 'file:///local/index', '--dir=media')
    assert.equal(written.code, 0, written.output)
    assert.match(
      written.stdout,
      /\tmirrorform adm catalog mirror file:\/\/local\/index\/olm\/demo-index:v1 --from-dir=media REGISTRY/,
    )
    assert.ok(existsSync(scene.path('media/v2/oci-layout')))

    const far = catalogScene(t, a.host, `docker://${b.host}/far`)
    renameSync(scene.path('media'), far.path('media'))
    const closed = ['quay.io', 'registry.example.com']
    writeFileSync(`${far.root}/registries.conf`, registriesConf('127.0.0.1:1', closed))
    const uploaded = await mirror(
      far,
      ...['file://local/index/olm/demo-index:v1', `${b.host}/far`, '--from-dir=media', '--to-manifests=out'],
    )
    assert.equal(uploaded.code, 0, uploaded.output)
    assert.equal(await digestAt(b.url, 'far/local-index-olm-demo-index:v1'), index.manifest.digest)
    assert.equal(
      await digestAt(b.url, `far/acme-widget:${fnvTag(operator)}`),
      parseReference(operator).digest,
    )
    const policy = parse(far.read('out/imageDigestMirrorSet.yaml'))
    assert.deepEqual(
      policy.spec.imageDigestMirrors.map(({ source }: { source: string }) => source),
      [
        'quay.io/acme/proxy',
        'registry.example.com/acme/gadget',
        'registry.example.com/acme/gadget-bundle',
        'registry.example.com/acme/widget',
        'registry.example.com/acme/widget-bundle',
      ],
    )
    assert.equal(parse(far.read('out/catalogSource.yaml')).metadata.name, 'index-olm-demo-index')
    const state = decodeState(far.read(`${b.host.replace(':', '-')}-far.state.json`), 'state')
    const images = bundleReferences(gadget, '0.1.0')
    assert.ok(state.images.some(({ source }) => source === images.bundle))
  })
})

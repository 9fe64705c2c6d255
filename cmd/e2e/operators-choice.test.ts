/**
 * Which bundles of a catalog an image set comes down to, where the catalog goes, and that what was chosen is what the
 * target then holds: both rule sets, bundles by name, whole catalogs, folders, platforms, pinning.
 */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { openLayoutTarget } from '../../providers/layout/index.ts'
import {
  type CatalogScene,
  catalogScene,
  keptBundles,
  type OperatorText,
  publishCatalog,
} from '../../testdata/catalog-scene.ts'
import {
  buildCatalogImage,
  DEMO_OPERATORS,
  type OperatorSketch,
  sketchCatalog,
} from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import type { Built } from '../../testdata/images.ts'
import { actionsOf, IMAGE_SET, type PlanDocument } from '../../testdata/mirror-scene.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'
import { pushImage } from '../../testdata/push.ts'
import { rawDigest } from '../../testdata/skopeo.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const PLATFORMS = ['linux/amd64', 'linux/arm64']
const MULTI = 'registry.example.com/olm/multi-index:v1'

const skip = skipWithout('docker-registry', 'skopeo')

describe('with docker-registry and skopeo', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let demo: Built
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    demo = await publishCatalog(a.url, CATALOG, sketchCatalog())
    const multi = DEMO_OPERATORS.map((sketch): OperatorSketch => ({ ...sketch, platforms: PLATFORMS }))
    await publishCatalog(a.url, MULTI, sketchCatalog(multi), { platforms: PLATFORMS, mediaTypes: 'docker' })
  })
  after(() => Promise.all([a.close(), b.close()]))

  const sceneAt = (t: TestContext, prefix: string, operator: OperatorText): CatalogScene => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/${prefix}`)
    scene.wantOperators(operator)
    return scene
  }

  test('connected takes the heads of all channels, and both choices are compared in one line', async t => {
    const scene = sceneAt(t, 'connected', { catalog: CATALOG, packages: [{ name: 'widget' }] })
    const documented = await scene.plan()
    assert.deepEqual(keptBundles(documented.plan), ['widget.v2.0.0'])
    const remarks = documented.plan.selections.flatMap(selection => selection.remarks)
    assert.ok(
      remarks.some(remark => /connected/.test(remark) && /2\.2\.0-rc/.test(remark)),
      remarks.join('\n'),
    )
    await scene.apply('--operator-selection', 'connected')
    const pulled = await pullCatalog(scene, `docker://${b.host}/connected/olm/demo-index:v1`)
    assert.deepEqual(pulled.bundles, ['widget.v2.0.0', 'widget.v2.2.0-rc1'])
  })

  test('bundles named one by one are taken, and nothing else', async t => {
    const scene = sceneAt(t, 'named', {
      catalog: CATALOG,
      packages: [{ name: 'widget', bundles: [{ name: 'widget.v1.2.0' }] }],
    })
    await scene.apply()
    const pulled = await pullCatalog(scene, `docker://${b.host}/named/olm/demo-index:v1`)
    assert.deepEqual(pulled.bundles, ['widget.v1.2.0'])
    assert.deepEqual(
      pulled.catalog.model.packages.map(each => [each.name, each.defaultChannel]),
      [['widget', 'stable']],
    )
  })

  test('a whole catalog is copied as it is, digest and all', async t => {
    const scene = sceneAt(t, 'whole', { catalog: CATALOG, full: true })
    const { document } = await scene.plan()
    assert.deepEqual(actionsOf(document), { add: 9 * 2 + 1 + 1 })
    assert.equal((await scene.applySaved()).code, 0)
    assert.equal(await rawDigest(scene, `docker://${b.host}/whole/olm/demo-index:v1`), demo.manifest.digest)
  })

  test('targetCatalog and targetTag say where the catalog goes; its images stay where they are', async t => {
    const scene = sceneAt(t, 'renamed', {
      catalog: CATALOG,
      targetCatalog: 'mine/operators',
      targetTag: 'today',
      packages: [{ name: 'gadget' }],
    })
    const { document } = await scene.plan()
    assert.deepEqual(placesOf(document, `${b.host}/renamed/`), [
      'acme/gadget',
      'acme/gadget-bundle',
      'acme/proxy:1.2',
      'mine/operators:today',
    ])
  })

  test('a catalog by digest is tagged by the digest of what is published', async t => {
    const pinned = CATALOG.replace(/:v1$/, `@${demo.manifest.digest}`)
    const scene = sceneAt(t, 'digest', { catalog: pinned, packages: [{ name: 'gadget' }] })
    const { document } = await scene.plan()
    const catalog = document.changes.find(({ destination }) => destination.includes('/olm/demo-index:'))
    assert.ok(catalog)
    assert.ok(catalog.destination.endsWith(`:${catalog.digest.replace(':', '-')}`), catalog.destination)
    assert.notEqual(catalog.digest, demo.manifest.digest)
  })

  test('an OCI layout folder is a catalog like any other', async t => {
    const scene = sceneAt(t, 'folder', { catalog: 'oci://folders/my-index', packages: [{ name: 'gadget' }] })
    const image = buildCatalogImage(sketchCatalog().files)
    await pushImage(openLayoutTarget(scene.path('folders', 'my-index')), 'my-index', 'v3', image)
    await scene.apply()
    const pulled = await pullCatalog(scene, `docker://${b.host}/folder/my-index:latest`)
    assert.deepEqual(pulled.bundles, ['gadget.v0.2.0'])
  })

  test('a catalog for several platforms is rebuilt for each; with platforms only the chosen ones come', async t => {
    const scene = sceneAt(t, 'multi', { catalog: MULTI, packages: [{ name: 'gadget' }] })
    await scene.apply()
    const pulled = await pullCatalog(scene, `docker://${b.host}/multi/olm/multi-index:v1`)
    assert.deepEqual(pulled.bundles, ['gadget.v0.2.0'])
    assert.deepEqual(
      pulled.configs.map(({ architecture }) => architecture),
      ['amd64', 'arm64'],
    )
    const sparse = await startTestRegistry(t, { requireChildren: false })
    const one = catalogScene(t, a.host, `docker://${sparse.host}/one`)
    const platforms = [{ os: 'linux', architecture: 'arm64' }]
    one.wantOperators({ catalog: MULTI, platforms, packages: [{ name: 'gadget' }] })
    await one.apply()
    const { configs, bundles } = await pullCatalog(
      one,
      `docker://${sparse.host}/one/olm/multi-index:v1`,
      'linux/arm64',
    )
    assert.deepEqual(bundles, ['gadget.v0.2.0'])
    assert.deepEqual(
      configs.map(({ architecture }) => architecture),
      ['arm64'],
    )
    assert.equal((await one.at('verify', ['--deep'])).code, 0)
    assert.equal((await one.plan()).code, 0)
  })

  test('the plan pins a catalog to a digest, and writes it back into the image set when asked', async t => {
    const scene = sceneAt(t, 'pinned', { catalog: CATALOG, packages: [{ name: 'gadget' }] })
    const first = await scene.plan('--write-pinned', IMAGE_SET)
    assert.ok(JSON.stringify(first.plan).includes(demo.manifest.digest))
    const written = scene.read(IMAGE_SET)
    assert.match(written, new RegExp(`olm/demo-index@${demo.manifest.digest}`))
    assert.match(written, /targetTag"?: "?v1/)
    const again = await scene.plan()
    assert.deepEqual(again.document.changes, first.document.changes)
  })

  test('a package that the catalog does not have is only told with --allow-missing-packages', async t => {
    const scene = sceneAt(t, 'missing', {
      catalog: CATALOG,
      packages: [{ name: 'gadget' }, { name: 'gizmo' }],
    })
    const { plan, document } = await scene.plan('--allow-missing-packages')
    assert.deepEqual(keptBundles(plan), ['gadget.v0.2.0'])
    assert.match(JSON.stringify([document.notes, plan.selections]), /gizmo/)
  })
})

/** Sorted, below the prefix, without tags that are digests. */
function placesOf({ changes }: PlanDocument, prefix: string): readonly string[] {
  return changes
    .map(({ destination }) => destination.replace(prefix, '').replace(/:sha256-[0-9a-f]{64}$/, ''))
    .toSorted()
}

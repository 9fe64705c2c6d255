/**
 * An image that a bundle needs and nobody has: the bundle is left out and named, the rest of the mirror is brought about,
 * and the next run completes it once the image is back.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parseReference } from '../../lib/oci/reference.ts'
import { catalogScene, publishCatalog, pushReferences } from '../../testdata/catalog-scene.ts'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const [widget] = DEMO_OPERATORS
const content = sketchCatalog()
const { operator: gone = '', bundle = '' } = bundleReferences(widget, '1.2.0')

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    const images = new Map([...content.images].filter(([reference]) => reference !== gone))
    await publishCatalog(a.url, CATALOG, { ...content, images })
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('a bundle without one of its images is left out and named, the rest is applied with exit code 4, and the next run completes it', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/gaps`)
    scene.wantOperators({
      catalog: CATALOG,
      packages: [{ name: 'widget', channels: [{ name: 'stable', minVersion: '1.2.0' }] }, { name: 'gadget' }],
    })
    const { document } = await scene.plan()
    const planned = document.changes.map(({ source }) => source)
    assert.ok(!planned.includes(bundle), 'nothing of the bundle is mirrored')
    const shown = await scene.run(['show', 'mirror.plan.json'])
    for (const part of ['widget.v1.2.0', parseReference(gone).path])
      assert.ok(shown.stdout.includes(part), shown.stdout)
    assert.match(shown.stdout, /incomplete/i)

    const applied = await scene.applySaved()
    assert.equal(applied.code, 4, applied.output)
    assert.match(applied.output, /widget\.v1\.2\.0/)
    const partly = await pullCatalog(scene, `docker://${b.host}/gaps/olm/demo-index:v1`)
    assert.ok(partly.bundles.includes('gadget.v0.2.0'))
    assert.ok(partly.bundles.includes('widget.v2.0.0'))
    const still = await scene.at('apply', ['--yes'])
    assert.equal(still.code, 4, 'as long as the image is missing')

    const image = content.images.get(gone)
    assert.ok(image)
    await pushReferences(a.url, new Map([[gone, image]]))
    const { document: completing } = await scene.plan()
    const added = completing.changes.flatMap(({ action, source }) => (action === 'add' ? [source] : []))
    assert.deepEqual(added.toSorted(), [bundle, gone].toSorted())
    const completed = await scene.applySaved()
    assert.equal(completed.code, 0, completed.output)
    const whole = await pullCatalog(scene, `docker://${b.host}/gaps/olm/demo-index:v1`)
    assert.deepEqual(whole.bundles, ['gadget.v0.2.0', 'widget.v1.2.0', 'widget.v2.0.0'])
    assert.equal((await scene.plan()).code, 0)
  })

  test('an image of a mirrored bundle that vanishes at the source deletes nothing', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/kept`)
    const gadget = bundleReferences(DEMO_OPERATORS[1], '0.2.0').operator ?? ''
    scene.wantOperators({ catalog: CATALOG, packages: [{ name: 'gadget' }] })
    await scene.apply()
    const { path, digest } = parseReference(gadget)
    const place = `${a.url}/v2/${path}/manifests/${digest}`
    assert.equal((await fetch(place, { method: 'DELETE' })).status, 202)
    const { document } = await scene.plan()
    assert.deepEqual(
      document.changes.filter(({ action }) => action === 'delete'),
      [],
    )
    const image = content.images.get(gadget)
    assert.ok(image)
    await pushReferences(a.url, new Map([[gadget, image]]))
    assert.equal((await scene.plan()).code, 0)
  })
})

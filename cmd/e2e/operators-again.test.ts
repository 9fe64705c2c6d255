/**
 * A mirror of operators that is planned again: the catalog has moved, clusters run what is mirrored, another tool made the
 * mirror before, the catalog is one from the time of databases, and what was read before is not read again.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { operatorDatabase } from '../../lib/content/operator/catalog/testing/operator-database.ts'
import { parseReference } from '../../lib/oci/reference.ts'
import { catalogScene, keptBundles, publishCatalog, pushReferences } from '../../testdata/catalog-scene.ts'
import {
  buildCatalogImage,
  buildOperand,
  bundleReferences,
  DEMO_OPERATORS,
  sketchCatalog,
} from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf } from '../../testdata/mirror-scene.ts'
import { filteredAsOcMirror } from '../../testdata/oc-mirror-run.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const [, gadget] = DEMO_OPERATORS
const demo = sketchCatalog()
const skip = skipWithout('docker-registry', 'skopeo')

describe('with docker-registry and skopeo', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await publishCatalog(a.url, CATALOG, demo)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('a catalog whose tag moves is followed: what is new is added, and the bundles that left it are deleted', async t => {
    const moving = 'registry.example.com/olm/moving-index:v1'
    const before = sketchCatalog([gadget])
    await publishCatalog(a.url, moving, before)
    const scene = catalogScene(t, a.host, `docker://${b.host}/moving`)
    scene.wantOperators({ catalog: moving })
    await scene.apply()
    const later = sketchCatalog([
      { ...gadget, channels: { alpha: ['0.1.0', '0.2.0 replaces 0.1.0', '0.3.0 replaces 0.2.0'] } },
    ])
    await pushReferences(a.url, new Map([...later.images, [moving, buildCatalogImage(later.files)]]))
    const { document, plan } = await scene.plan('--allow-mass-delete')
    assert.deepEqual(actionsOf(document), { add: 2, adopt: 1, move: 1, delete: 2 })
    assert.deepEqual(keptBundles(plan), ['gadget.v0.3.0'])
    assert.equal((await scene.applySaved()).code, 0)
    const pulled = await pullCatalog(scene, `docker://${b.host}/moving/olm/moving-index:v1`)
    assert.deepEqual(pulled.bundles, ['gadget.v0.3.0'])
  })

  test('operators that clusters may run are not left behind unseen: the plan says what is missing on their way', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/installed`)
    const stable = (minVersion: string, maxVersion: string) => ({
      catalog: CATALOG,
      packages: [{ name: 'widget', channels: [{ name: 'stable', minVersion, maxVersion }] }],
    })
    scene.wantOperators(stable('1.0.0', '1.0.0'))
    await scene.apply()
    scene.wantOperators(stable('2.0.0', '2.0.0'))
    const { plan } = await scene.plan('--allow-mass-delete')
    const remarks = plan.selections.flatMap(selection => selection.remarks).join('\n')
    assert.match(
      remarks,
      /package widget, channel stable: operators at 1\.0\.0 cannot reach its head 2\.0\.0/,
    )
    assert.match(remarks, /1\.1\.0, 1\.2\.0 are not mirrored/)
  })

  test('a mirror that oc-mirror has made is adopted; its catalog stays while it serves what is asked for, and is then replaced', async t => {
    const references = Object.values(bundleReferences(gadget, '0.2.0'))
    for (const text of references) {
      const { path, tag, digest } = parseReference(text)
      const image = demo.images.get(text)
      assert.ok(image)
      await pushToServer(b.url, `adopted/${path}`, tag ?? digest?.replace(':', '-'), image)
    }
    const head = { ...gadget, channels: { alpha: ['0.2.0 skips 0.1.0'] } }
    const theirs = filteredAsOcMirror(sketchCatalog([head]).files)
    await pushToServer(b.url, 'adopted/olm/demo-index', 'v1', theirs)
    const scene = catalogScene(t, a.host, `docker://${b.host}/adopted`)
    scene.wantOperators({ catalog: CATALOG, packages: [{ name: 'gadget' }] })
    const refused = await scene.at('plan')
    assert.equal(refused.code, 1, refused.output)
    assert.match(
      refused.stderr.replace(/\s+/g, ' '),
      /olm\/demo-index:v1 holds an image that is not ours[\s\S]*import/,
    )
    const imported = await scene.at('import')
    assert.equal(imported.code, 0, imported.output)
    const place = `docker://${b.host}/adopted/olm/demo-index:v1`
    const taken = await scene.plan()
    assert.deepEqual([actionsOf(taken.document), taken.document.notes], [{ adopt: 1 }, []])
    assert.equal((await scene.applySaved()).code, 0)
    assert.deepEqual(actionsOf((await scene.plan()).document), {})
    assert.equal(await rawDigest(scene, place), theirs.manifest.digest)

    scene.wantOperators({ catalog: CATALOG, packages: [{ name: 'gadget', minVersion: '0.1.0' }] })
    const wider = await scene.plan()
    assert.deepEqual(actionsOf(wider.document), { add: 2, adopt: 1, move: 1 })
    assert.match(wider.document.notes.join(), /demo-index:v1: the catalog that another tool made is replaced/)
    assert.equal((await scene.applySaved()).code, 0)
    const pulled = await pullCatalog(scene, place)
    assert.deepEqual(pulled.bundles, ['gadget.v0.1.0', 'gadget.v0.2.0'])
  })

  test('a catalog that is a database is published as one of files', async t => {
    const image = buildOperand('an operator of old')
    const bundle = `quay.io/acme/old-bundle@${image.manifest.digest}`
    const database = operatorDatabase({
      package: [{ name: 'old', default_channel: 'stable' }],
      channel: [{ name: 'stable', package_name: 'old', head_operatorbundle_name: 'old.v1.0.0' }],
      channel_entry: [
        {
          entry_id: 1,
          channel_name: 'stable',
          package_name: 'old',
          operatorbundle_name: 'old.v1.0.0',
          replaces: null,
          depth: 0,
        },
      ],
      operatorbundle: [{ name: 'old.v1.0.0', version: '1.0.0', bundlepath: bundle }],
      properties: [
        {
          type: 'olm.package',
          value: '{"packageName":"old","version":"1.0.0"}',
          operatorbundle_name: 'old.v1.0.0',
        },
      ],
    })
    const catalog = buildImage({
      layers: [{ 'bin/opm': 'the program' }, { 'database/index.db': database }],
      config: {
        Entrypoint: ['/bin/opm'],
        Cmd: ['registry', 'serve', '--database', '/database/index.db'],
        Labels: { 'operators.operatorframework.io.index.database.v1': '/database/index.db' },
      },
    })
    const reference = 'registry.example.com/olm/old-index:v4.9'
    await pushReferences(
      a.url,
      new Map([
        [bundle, image],
        [reference, catalog],
      ]),
    )
    const scene = catalogScene(t, a.host, `docker://${b.host}/database`)
    scene.wantOperators({ catalog: reference, packages: [{ name: 'old' }] })
    await scene.apply()
    const pulled = await pullCatalog(scene, `docker://${b.host}/database/olm/old-index:v4.9`)
    assert.deepEqual(pulled.bundles, ['old.v1.0.0'])
    assert.deepEqual(pulled.configs[0]?.config.Cmd, ['serve', '/configs'])
    assert.ok(!pulled.paths.includes('database/index.db'))
  })

  test('planning again reads no layer of the catalog: what it was made into is still known', async t => {
    const blobs: string[] = []
    const source = await startRecordingProxy(a.host, (_, path) => {
      if (path.includes('/olm/demo-index/blobs/')) blobs.push(path)
      return undefined
    })
    t.after(() => source.close())
    const scene = catalogScene(t, source.host, `docker://${b.host}/again`)
    scene.wantOperators({
      catalog: CATALOG,
      packages: [{ name: 'widget', channels: [{ name: 'stable', minVersion: '1.2.0' }] }],
    })
    const first = await scene.plan()
    assert.notDeepEqual(blobs.splice(0), [])
    const second = await scene.plan()
    assert.deepEqual(blobs, [])
    assert.deepEqual(second.document.changes, first.document.changes)
  })
})

/**
 * A mirror of operators over its life, between two real registries: installed, widened, narrowed, explained. The catalog
 * and the images of its bundles lie at the source under their real names, by registries.conf.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { parseReference } from '../../lib/oci/reference.ts'
import {
  type CatalogScene,
  catalogScene,
  keptBundles,
  publishCatalog,
  type RangeText,
} from '../../testdata/catalog-scene.ts'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { actionsOf, IMAGE_SET, type PlanDocument, STATE } from '../../testdata/mirror-scene.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'
import { plannedLines, recordedLines, startRecordingProxy } from '../../testdata/recording-proxy.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const [widget, gadget] = DEMO_OPERATORS
/** A package of a lower layer that an upper one takes away. */
const LEFTOVER = { 'configs/leftover/catalog.json': '{"schema":"olm.package","name":"leftover"}\n' }

const skip = skipWithout('docker-registry', 'skopeo')

describe('with docker-registry and skopeo', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let steady: CatalogScene
  let planned: Awaited<ReturnType<CatalogScene['plan']>>
  const ends: (() => Promise<void> | void)[] = []
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await publishCatalog(a.url, CATALOG, sketchCatalog(), {
      below: [LEFTOVER],
      above: [{ 'configs/.wh.leftover': '' }],
    })
    steady = catalogScene({ after: work => void ends.push(work) }, a.host, `docker://${b.host}/steady`)
    const channels = [{ name: 'stable', minVersion: '1.2.0' }]
    steady.wantOperators({ catalog: CATALOG, packages: [{ name: 'widget', channels }, { name: 'gadget' }] })
    planned = await steady.plan()
    const applied = await steady.applySaved()
    assert.equal(applied.code, 0, applied.output)
  })
  after(() => Promise.all([a.close(), b.close(), ...ends.map(end => end())]))

  const wantStable = (scene: CatalogScene, range: Omit<RangeText, 'name'> = {}) =>
    scene.wantOperators({
      catalog: CATALOG,
      packages: [{ name: 'widget', channels: [{ name: 'stable', ...range }] }],
    })

  test('what catalogs offer is planned, applied and verified, and then nothing changes', async () => {
    assert.equal(planned.code, 2)
    assert.deepEqual(actionsOf(planned.document), { add: 8 })
    assert.deepEqual(keptBundles(planned.plan), ['gadget.v0.2.0', 'widget.v1.2.0', 'widget.v2.0.0'])
    const bundles = [
      ...['1.2.0', '2.0.0'].map(version => bundleReferences(widget, version)),
      bundleReferences(gadget, '0.2.0'),
    ]
    for (const text of new Set(bundles.flatMap(each => Object.values(each)))) {
      const { path, tag, digest } = parseReference(text)
      const place = `docker://${b.host}/steady/${path}:${tag ?? digest?.replace(':', '-')}`
      assert.equal(await rawDigest(steady, place), digest)
    }
    const verified = await steady.at('verify', ['--deep'])
    assert.equal(verified.code, 0, verified.output)
    const second = await steady.plan()
    assert.equal(second.code, 0)
    assert.deepEqual(second.document.changes, [])
  })

  test('the rebuilt catalog, pulled by another tool, is read as exactly what is kept, and starts without its old cache', async () => {
    const place = `docker://${b.host}/steady/olm/demo-index:v1`
    assert.equal(await rawDigest(steady, place), changeAt(planned.document, 'olm/demo-index:v1')?.digest)
    const { catalog, bundles, configs, paths } = await pullCatalog(steady, place)
    assert.deepEqual(bundles, ['gadget.v0.2.0', 'widget.v1.2.0', 'widget.v2.0.0'])
    const operator = catalog.model.packages.find(({ name }) => name === 'widget')
    assert.deepEqual(
      operator?.channels.map(({ name, entries }) => [name, entries.map(entry => entry.name)]),
      [['stable', ['widget.v1.2.0', 'widget.v2.0.0']]],
    )
    assert.equal(operator?.defaultChannel, 'stable')
    assert.ok(paths.includes('bin/opm'))
    assert.ok(
      !paths.includes('tmp/cache/pogreb.v1/digest'),
      'opm refuses a cache that was made of other documents',
    )
    const { Cmd, Entrypoint, Labels } = configs[0]?.config ?? {}
    assert.deepEqual([Entrypoint, Cmd], [['/bin/opm'], ['serve', '/configs']])
    assert.equal(Labels?.['operators.operatorframework.io.index.configs.v1'], '/configs')
  })

  test('why explains an operand by bundle, channel, package and catalog, and a shared one by every bundle that needs it', async () => {
    const { operator = '', proxy = '' } = bundleReferences(widget, '1.2.0')
    const why = async (query = '') => {
      const { code, stdout, output } = await steady.run(['why', query, '--state', STATE])
      assert.equal(code, 0, output)
      return stdout
    }
    const own = await why(parseReference(operator).digest)
    for (const part of ['widget.v1.2.0', 'stable', 'package widget', CATALOG])
      assert.ok(own.includes(part), own)
    assert.ok(!own.includes('widget.v2.0.0'), own)
    assert.match(await why(parseReference(proxy).digest), /widget\.v1\.2\.0[\s\S]*widget\.v2\.0\.0/)
    const lines = await steady.run(['why', own.split(' ')[0] ?? '', '--state', STATE, '-c', IMAGE_SET])
    assert.match(lines.stdout.replace(/\s+/g, ' '), /demo-index:v1, in imageset\.yaml:\d+\n?/, lines.output)
    assert.match(await why('olm/demo-index:v1'), /catalog registry\.example\.com\/olm\/demo-index:v1/)
  })

  test('a wider range plans exactly the images of the new bundles and the new catalog, a narrower one deletes them again', async t => {
    const proxy = await startRecordingProxy(b.host)
    t.after(() => proxy.close())
    const scene = catalogScene(t, a.host, `docker://${proxy.host}/range`)
    wantStable(scene, { minVersion: '1.2.0' })
    await scene.apply()
    const [before] = decodeState(scene.read(STATE), STATE).images.filter(isCatalog)

    wantStable(scene, { minVersion: '1.1.0' })
    const wider = await scene.plan()
    // Of the proxy only the state learns something: which bundles need it now.
    assert.deepEqual(actionsOf(wider.document), { add: 4, adopt: 1, move: 1 })
    const fresh = ['1.1.0', '1.1.1'].flatMap(version => {
      const { bundle = '', operator = '' } = bundleReferences(widget, version)
      return [bundle, operator]
    })
    assert.deepEqual(
      wider.document.changes.flatMap(({ action, source }) => (action === 'add' ? [source] : [])).toSorted(),
      fresh.toSorted(),
    )
    assert.equal(changeAt(wider.document, 'olm/demo-index:v1')?.previousDigest, before?.digest)
    proxy.clear()
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(recordedLines(proxy.mutations).toSorted(), plannedLines(wider.plan).toSorted())

    wantStable(scene, { minVersion: '1.2.0' })
    const narrower = await scene.plan('--allow-mass-delete')
    assert.equal(narrower.code, 3)
    assert.deepEqual(actionsOf(narrower.document), { delete: 4, adopt: 1, move: 1 })
    assert.equal(
      changeAt(narrower.document, 'olm/demo-index:v1')?.digest,
      before?.digest,
      'the same catalog again',
    )
    const removed = await scene.applySaved()
    assert.equal(removed.code, 0, removed.output)
    for (const text of fresh) {
      const { path, digest } = parseReference(text)
      const answer = await fetch(`${b.url}/v2/range/${path}/manifests/${digest}`, { method: 'HEAD' })
      assert.equal(answer.status, 404, text)
    }
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
  })
})

function changeAt({ changes }: PlanDocument, place: string): PlanDocument['changes'][number] | undefined {
  return changes.find(({ destination }) => destination.endsWith(`/${place}`))
}

function isCatalog({ destination }: { readonly destination: { readonly repository: string } }): boolean {
  return destination.repository.endsWith('olm/demo-index')
}

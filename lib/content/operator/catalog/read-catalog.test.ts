import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '../../../../providers/sqlite/index.ts'
import { factsInMemory, manifestsInMemory } from '../../../../testdata/caches-in-memory.ts'
import { type Built, buildImage, buildMultiArch, type ImageOptions } from '../../../../testdata/images.ts'
import { MemoryRegistry } from '../../../../testdata/memory-registry.ts'
import { PlanError } from '../../../errors.ts'
import { digestOf } from '../../../oci/digest.ts'
import { parseRepositoryPath } from '../../../oci/reference.ts'
import { ImageFault } from '../../image-files/index.ts'
import type { OpenDatabase } from './catalog.ts'
import { CatalogError } from './catalog-error.ts'
import { readCatalog } from './read-catalog.ts'
import { operatorDatabase } from './testing/operator-database.ts'

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
const SIGNAL = new AbortController().signal
const CONFIGS = 'operators.operatorframework.io.index.configs.v1'
const DATABASE = 'operators.operatorframework.io.index.database.v1'
const LABELS = { Labels: { [CONFIGS]: '/configs' } }
const WIDGET = '{"schema":"olm.package","name":"widget"}'
const GADGET = '{"schema":"olm.package","name":"gadget"}'

function sceneOf(image: Built, openDatabase?: OpenDatabase) {
  const registry = new MemoryRegistry('registry.example')
  registry.hold('acme/index', 'v1', image)
  const facts = new Map<string, Uint8Array>()
  const reader = registry.repository(parseRepositoryPath('acme/index'))
  const source = { reader, digest: image.manifest.digest, name: 'registry.example/acme/index:v1' }
  const caches = { cache: manifestsInMemory(), facts: factsInMemory(facts) }
  const context = { ...caches, ...(openDatabase && { openDatabase }) }
  const read = () => readCatalog(source, context, SIGNAL)
  return { registry, facts, read }
}

async function packagesOf(image: Built): Promise<readonly string[]> {
  return (await sceneOf(image).read()).model.packages.map(({ name }) => name)
}

function catalogOf(options: ImageOptions): Built {
  return buildImage({ config: LABELS, ...options })
}

describe('a catalog image', () => {
  const rows: readonly (readonly [what: string, image: Built, packages: readonly string[]])[] = [
    [
      'has the files below its configs',
      catalogOf({ files: { 'configs/w/catalog.json': WIDGET, 'etc/x': '{' } }),
      ['widget'],
    ],
    [
      'has what its upper layers leave of the lower ones',
      catalogOf({
        layers: [
          { 'configs/w/a.json': '{', 'configs/w/c.json': WIDGET, 'configs/x/y': '{' },
          { 'configs/w/.wh.a.json': '', 'configs/.wh.x': '', 'configs/g/c.json': GADGET },
        ],
      }),
      ['gadget', 'widget'],
    ],
    [
      'has its configs wherever the label says',
      buildImage({
        config: { Labels: { [CONFIGS]: '/srv/./fbc/' } },
        files: { 'srv/fbc/c': WIDGET, 'configs/c': GADGET },
      }),
      ['widget'],
    ],
    [
      'is one of several platforms',
      buildMultiArch({ config: LABELS, files: { 'configs/c.json': WIDGET } }),
      ['widget'],
    ],
    [
      'is a file-based catalog when it says that it is a database too',
      buildImage({
        config: { Labels: { [CONFIGS]: '/configs', [DATABASE]: '/db' } },
        files: { 'configs/c': WIDGET },
      }),
      ['widget'],
    ],
  ]
  for (const [what, image, packages] of rows)
    it(what, async () => {
      assert.deepEqual(await packagesOf(image), packages)
    })

  const faults: readonly (readonly [what: string, image: Built, message: RegExp])[] = [
    [
      'without labels',
      buildImage({ files: { 'configs/c': WIDGET } }),
      /v1 is no operator catalog: it has neither .*configs\.v1 nor .*database\.v1$/,
    ],
    [
      'whose configs are not there',
      catalogOf({ files: { 'etc/x': '' } }),
      /index:v1: there is nothing at \/configs, where its label .*configs\.v1 says/,
    ],
    [
      'whose configs are all ignored',
      catalogOf({ files: { 'configs/.indexignore': '*.md', 'configs/a.md': 'x' } }),
      /there is nothing at \/configs/,
    ],
    [
      'whose configs are taken away by an upper layer',
      catalogOf({ layers: [{ 'configs/c': WIDGET }, { '.wh.configs': '' }] }),
      /there is nothing at \/configs/,
    ],
    [
      'whose configs are the whole image',
      buildImage({ config: { Labels: { [CONFIGS]: '/' } }, files: { a: '' } }),
      /its label .* is "\/", which is no place/,
    ],
    [
      'whose configs are outside of it',
      buildImage({ config: { Labels: { [CONFIGS]: '/../x' } }, files: { a: '' } }),
      /its label .* is "\/\.\.\/x", which is no place/,
    ],
    [
      'that is a database, where none can be read',
      buildImage({ config: { Labels: { [DATABASE]: '/db' } }, files: { db: '' } }),
      /is a database \(SQLite\), which is not read here/,
    ],
  ]
  for (const [what, image, message] of faults)
    it(`${what} is an error that names the catalog`, async () => {
      await assert.rejects(sceneOf(image).read(), (error: unknown) => {
        assert.ok(error instanceof PlanError && error.hint)
        assert.match(error.message, message)
        return true
      })
    })

  it('that has labels, but no right one, is told with those it has', async () => {
    const image = buildImage({ config: { Labels: { version: '1', 'io.k8s.name': 'x' } } })
    await assert.rejects(sceneOf(image).read(), {
      hint: /^its labels are io\.k8s\.name, version; check that/,
    })
  })

  it('with a bad document is an error with file and line, and is not remembered', async () => {
    const scene = sceneOf(catalogOf({ files: { 'configs/w/c.json': `${WIDGET}\n{"name":1}` } }))
    await assert.rejects(scene.read(), (error: unknown) => {
      assert.ok(error instanceof CatalogError)
      assert.match(error.message, /^registry\.example\/acme\/index:v1: w\/c\.json:2: /)
      return true
    })
    assert.equal(scene.facts.size, 0)
  })

  it('with a layer that is cut short, or an entry that leads out of it, is an error that names the layer', async () => {
    const image = catalogOf({ files: { 'configs/c': WIDGET } })
    const layer = [...image.blobs.values()].at(-1)
    assert.ok(layer)
    for (const bytes of [layer.subarray(0, -30), Buffer.from('no archive at all')])
      await assert.rejects(packagesOf(withLayer(image, bytes)), ImageFault)
    assert.deepEqual(await packagesOf(withLayer(image, layer)), ['widget'])
    await assert.rejects(
      packagesOf(catalogOf({ files: { 'configs/../../c': WIDGET } })),
      /leads out of the image/,
    )
  })
})

describe('a catalog image with a database', () => {
  const image = (files: ImageOptions['files']) =>
    buildImage({ config: { Labels: { [DATABASE]: '/database/index.db' } }, ...(files && { files }) })

  it('reads like any other, and its documents are made for /configs', async () => {
    const bytes = operatorDatabase({ package: [{ name: 'widget', default_channel: 'stable' }] })
    const { read, registry } = sceneOf(image({ 'database/index.db': bytes }), openDatabase)
    const catalog = await read()
    assert.deepEqual([catalog.isSqlite, catalog.configsRoot], [true, '/configs'])
    assert.deepEqual(
      (await catalog.documents()).map(document => document.text()),
      ['{"schema":"olm.package","name":"widget","defaultChannel":"stable"}'],
    )
    const asked = registry.requests.length
    const again = await read()
    assert.deepEqual([again.isSqlite, again.model], [true, catalog.model])
    assert.equal(registry.requests.length, asked)
  })

  it('that is not where the label says is an error', async () => {
    const { read } = sceneOf(image({ x: '' }), openDatabase)
    await assert.rejects(
      read(),
      /there is nothing at \/database\/index\.db, where its label .*database\.v1 says/,
    )
  })
})

describe('a catalog that was read before', () => {
  it('is asked nothing, until its documents are needed', async () => {
    const scene = sceneOf(catalogOf({ files: { 'configs/c.json': WIDGET } }))
    const first = await scene.read()
    const asked = scene.registry.requests.length
    const [document] = await first.documents()
    assert.equal(scene.registry.requests.length, asked)

    const again = await scene.read()
    assert.equal(scene.registry.requests.length, asked)
    assert.deepEqual(again.model, first.model)
    assert.deepEqual([again.digest, again.isSqlite, again.configsRoot], [first.digest, false, '/configs'])
    const [same] = await again.documents()
    assert.equal(same?.text(), document?.text())
    assert.deepEqual(
      scene.registry.requests.slice(asked).map(({ what }) => what),
      ['blob', 'blob'],
    )
  })

  it('hands its documents over once, and reads them again after that', async () => {
    const scene = sceneOf(catalogOf({ files: { 'configs/c.json': WIDGET } }))
    const catalog = await scene.read()
    const texts = async () => (await catalog.documents()).map(document => document.text())
    assert.deepEqual(await texts(), [WIDGET])
    assert.deepEqual(await texts(), [WIDGET])
  })

  it('is read anew when what was kept is damaged, or of another version', async () => {
    const scene = sceneOf(catalogOf({ files: { 'configs/c.json': WIDGET } }))
    await scene.read()
    for (const damaged of ['', '{}', '{"format":1,"packages":[{}]}', '{"format":0}']) {
      for (const key of scene.facts.keys()) scene.facts.set(key, Buffer.from(damaged))
      assert.equal((await scene.read()).model.packages.length, 1)
    }
  })
})

/** The same image with other bytes as its only layer. */
function withLayer(image: Built, layer: Uint8Array): Built {
  const json = JSON.parse(Buffer.from(image.manifest.bytes).toString())
  const layers = [{ mediaType: OCI_LAYER, digest: digestOf(layer), size: layer.length }]
  const bytes = Buffer.from(JSON.stringify({ ...json, layers }))
  const manifest = { ...image.manifest, bytes, digest: digestOf(bytes) }
  const descriptor = { ...image.descriptor, digest: manifest.digest, size: bytes.length }
  const blobs = new Map([...image.blobs, [digestOf(layer), layer] as const])
  return { manifest, descriptor, blobs, children: [] }
}

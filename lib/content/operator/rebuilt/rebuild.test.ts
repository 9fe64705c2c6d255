/** Rebuilt catalogs: read back to exactly what is kept, made the same each time, and able to start. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '../../../../providers/sqlite/index.ts'
import {
  type CatalogContent,
  type CatalogImageOptions,
  DEMO_OPERATORS,
  sketchCatalog,
} from '../../../../testdata/catalogs.ts'
import { buildImage } from '../../../../testdata/images.ts'
import { never } from '../../../../testdata/mirroring.ts'
import {
  asBuilt,
  DEMO_CATALOG,
  type OperatorsInMemory,
  operatorsInMemory,
} from '../../../../testdata/operators-in-memory.ts'
import type { MadeImage } from '../../../graph/graph.ts'
import { parseManifest } from '../../../oci/manifest.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import { parseRepositoryPath } from '../../../oci/reference.ts'
import { imageConfig, platformImage, readImageFiles } from '../../image-files/index.ts'
import { type OpenCatalog, readCatalog } from '../catalog/index.ts'
import { operatorDatabase } from '../catalog/testing/operator-database.ts'
import { type FilterRequest, filterCatalog, filteredModel } from '../filter/index.ts'
import type { CatalogModel } from '../model.ts'
import { decodeMade, encodeMade } from './made-fact.ts'
import { rebuildCatalog } from './rebuild.ts'

const REPOSITORY = parseRepositoryPath('olm/demo-index')
const ALL = { wanted: () => true, maxFileBytes: 1e6, maxTotalBytes: 1e6 }

interface Rebuilt {
  readonly made: MadeImage
  readonly left: CatalogModel
  readonly memory: OperatorsInMemory
  readonly source: OpenCatalog
}

async function rebuilt(
  content: CatalogContent,
  request: Partial<FilterRequest>,
  options: CatalogImageOptions = {},
  platforms: readonly string[] = [],
): Promise<Rebuilt> {
  const memory = operatorsInMemory(content)
  const image = memory.publish(DEMO_CATALOG, content, options)
  const reader = memory.registry('registry.example.com').repository(REPOSITORY)
  const { digest } = image.manifest
  const source = await readCatalog({ reader, digest, name: DEMO_CATALOG }, memory.places, never())
  const whole = { full: false, packages: [], ...request }
  const filtered = filterCatalog(source.model, whole, 'connected', { name: 'c', allowMissingPackages: false })
  const left = filteredModel(source.model, filtered)
  const chosen = platforms.map(parsePlatform)
  const made = await rebuildCatalog(
    { reader, digest, platforms: chosen, documents: source.documents, left },
    memory.places.cache,
    never(),
  )
  return { made, left, memory, source }
}

/** Puts the image over its base, as an apply would, and reads it. */
async function readBack({ made, memory }: Rebuilt): Promise<OpenCatalog> {
  const registry = memory.registry('registry.example.com')
  registry.hold(REPOSITORY, 'made', asBuilt(made))
  const reader = registry.repository(REPOSITORY)
  return readCatalog({ reader, digest: made.root, name: 'made' }, memory.places, never())
}

async function inside({ made, memory }: Rebuilt) {
  memory.registry('registry.example.com').hold(REPOSITORY, 'made', asBuilt(made))
  const reader = memory.registry('registry.example.com').repository(REPOSITORY)
  const { manifest } = await platformImage(reader, made.root, [], undefined, never())
  const files = await readImageFiles(reader, manifest, ALL, never())
  const config = (await imageConfig(reader, manifest, never())).json.config as Record<string, unknown>
  return { files, config }
}

/** Two packages, one with a channel of one bundle. */
const DATABASE = {
  package: [{ name: 'bare' }, { name: 'widget', default_channel: 'stable' }],
  channel: [{ name: 'stable', package_name: 'widget', head_operatorbundle_name: 'w.v1.0.0' }],
  channel_entry: [
    {
      entry_id: 1,
      channel_name: 'stable',
      package_name: 'widget',
      operatorbundle_name: 'w.v1.0.0',
      replaces: null,
      depth: 0,
    },
  ],
  operatorbundle: [{ name: 'w.v1.0.0', version: '1.0.0', bundlepath: 'quay.io/acme/widget-bundle:1.0.0' }],
  properties: [
    {
      type: 'olm.package',
      value: '{"packageName":"widget","version":"1.0.0"}',
      operatorbundle_name: 'w.v1.0.0',
    },
  ],
}

const named = (name: string, more: object = {}) => ({ name, channels: [], bundles: [], ...more })

describe('a rebuilt catalog', () => {
  for (const [what, request] of [
    ['heads of all channels', {}],
    ['one package', { packages: [named('gadget')] }],
    ['a range', { packages: [named('widget', { minVersion: '1.1.0', maxVersion: '1.2.0' })] }],
    [
      'another default channel',
      { packages: [named('widget', { defaultChannel: 'fast', channels: [{ name: 'fast' }] })] },
    ],
    ['all of one channel', { full: true, packages: [named('widget', { channels: [{ name: 'stable' }] })] }],
  ] as const)
    it(`of ${what} reads back to exactly what is kept`, async () => {
      const deprecated = [
        { what: 'package', message: 'use gadget' },
        { what: 'channel fast', message: 'too fast' },
        { what: 'bundle 1.0.0', message: 'old' },
        { what: 'bundle 2.0.0', message: 'older' },
      ]
      const [widget, gadget] = DEMO_OPERATORS
      const result = await rebuilt(sketchCatalog([{ ...widget, deprecated }, gadget]), request)
      const { model } = await readBack(result)
      assert.deepEqual(model, result.left)
    })

  it('keeps documents to the letter, unknown fields and schemas included, in the order of the specification', async () => {
    const [, gadget] = DEMO_OPERATORS
    const content = sketchCatalog([gadget])
    const others = [
      { schema: 'acme.note', package: 'gadget', name: 'z', keep: [1.0, { x: null }] },
      { schema: 'acme.global', text: 'for all' },
      { schema: 'acme.note', package: 'widget', name: 'gone' },
    ]
    const unknown = (content.files['gadget/catalog.json'] ?? '').replace(
      '"schema": "olm.bundle",',
      '"vendorField":   {"a": 1e3},\n  "schema": "olm.bundle",',
    )
    const files = {
      'gadget/catalog.json': unknown,
      'more.json': others.map(each => JSON.stringify(each)).join('\n'),
      ...sketchCatalog([DEMO_OPERATORS[0]]).files,
    }
    const result = await rebuilt({ ...content, files }, { full: true, packages: [named('gadget')] })
    const { files: inImage } = await inside(result)
    const text = (path: string) => Buffer.from(inImage.get(path) ?? '').toString()
    assert.deepEqual([...inImage.keys()].filter(path => path.startsWith('configs')).sort(), [
      'configs/catalog.json',
      'configs/gadget/catalog.json',
    ])
    assert.match(text('configs/catalog.json'), /for all/)
    const own = text('configs/gadget/catalog.json')
    assert.ok(own.includes('"vendorField":   {"a": 1e3}'))
    assert.ok(own.includes(JSON.stringify(others[0])))
    const schemas = [...own.matchAll(/"schema": ?"([^"]*)"/g)].map(([, schema]) => schema)
    assert.deepEqual([...new Set(schemas)], ['olm.package', 'olm.channel', 'olm.bundle', 'acme.note'])
  })

  it('is the same for the same catalog and choice, and another for another', async () => {
    const one = await rebuilt(sketchCatalog(), { packages: [named('gadget')] })
    const same = await rebuilt(sketchCatalog(), { packages: [named('gadget')] })
    const other = await rebuilt(sketchCatalog(), { packages: [named('widget')] })
    assert.equal(one.made.root, same.made.root)
    assert.notEqual(one.made.root, other.made.root)
  })

  it('serves its documents without the cache of the old ones, wherever the image was told of it', async () => {
    const result = await rebuilt(
      sketchCatalog(),
      { packages: [named('gadget')] },
      { label: '/etc/index/configs' },
    )
    const { files, config } = await inside(result)
    const paths = [...files.keys()]
    assert.ok(paths.includes('bin/opm'))
    assert.ok(!paths.some(path => path.startsWith('tmp/cache') || path.startsWith('etc/index')))
    assert.deepEqual(config.Entrypoint, ['/bin/opm'])
    assert.deepEqual(config.Cmd, ['serve', '/configs'])
    assert.deepEqual(config.Labels, { 'operators.operatorframework.io.index.configs.v1': '/configs' })
  })

  it('is made for each platform, or for those that are chosen', async () => {
    const options = { platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] }
    const all = await rebuilt(sketchCatalog(), { packages: [named('gadget')] }, options)
    const some = await rebuilt(sketchCatalog(), { packages: [named('gadget')] }, options, ['linux/arm64'])
    const childrenOf = ({ made }: Rebuilt) => {
      const root = made.manifests.at(-1)
      assert.ok(root)
      const manifest = parseManifest({ bytes: Buffer.from(root.text), mediaType: root.mediaType }, 'made')
      return manifest.kind === 'index' ? manifest.manifests.map(({ platform }) => platform?.architecture) : []
    }
    assert.deepEqual(childrenOf(all), ['amd64', 'arm64', 's390x'])
    assert.deepEqual(childrenOf(some), ['arm64'])
    assert.deepEqual((await readBack(some)).model, some.left)
  })

  it('of a database is a file-based one, with the database hidden', async () => {
    const label = 'operators.operatorframework.io.index.database.v1'
    const image = buildImage({
      files: {
        'database/index.db': operatorDatabase(DATABASE),
        'bin/opm': 'opm',
      },
      config: {
        Entrypoint: ['/bin/opm'],
        Cmd: ['registry', 'serve'],
        Labels: { [label]: '/database/index.db' },
      },
    })
    const memory = operatorsInMemory()
    memory.put(new Map([['registry.example.com/olm/demo-index:db', image]]))
    const { digest } = image.manifest
    const reader = memory.registry('registry.example.com').repository(REPOSITORY)
    const places = { ...memory.places, openDatabase }
    const source = await readCatalog({ reader, digest, name: 'db' }, places, never())
    const request = { full: true, packages: [named('widget')] }
    const options = { name: 'db', allowMissingPackages: false }
    const left = filteredModel(source.model, filterCatalog(source.model, request, 'documented', options))
    const { documents } = source
    const made = await rebuildCatalog(
      { reader, digest, platforms: [], documents, left },
      places.cache,
      never(),
    )
    const result = { made, left, memory, source }
    const again = await readBack(result)
    assert.deepEqual(again.model, left)
    assert.equal(again.isSqlite, false)
    const { files, config } = await inside(result)
    assert.deepEqual([...files.keys()].sort(), ['bin/opm', 'configs/widget/catalog.json'])
    assert.deepEqual(config.Labels, { 'operators.operatorframework.io.index.configs.v1': '/configs' })
  })

  it('is kept between runs as it was made, and damaged bytes are not it', async () => {
    const { made } = await rebuilt(sketchCatalog(), { packages: [named('gadget')] })
    const bytes = encodeMade(made)
    assert.deepEqual(decodeMade(bytes), made)
    for (const at of [0, 3, 40, bytes.length - 10]) {
      const damaged = Uint8Array.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 0x55
      assert.equal(decodeMade(damaged), undefined, `byte ${at}`)
    }
    assert.equal(decodeMade(bytes.subarray(0, bytes.length - 1)), undefined)
    assert.equal(decodeMade(new Uint8Array(2)), undefined)
  })
})

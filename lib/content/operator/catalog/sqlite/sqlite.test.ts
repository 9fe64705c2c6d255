import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '../../../../../providers/sqlite/index.ts'
import { PlanError } from '../../../../errors.ts'
import { readCatalogFiles } from '../read-files.ts'
import { operatorDatabase, type TableRows } from '../testing/operator-database.ts'
import { filesOfDatabase } from './files-of-database.ts'

function bundle(
  name: string,
  version: string,
  more: TableRows[string][number] = {},
): TableRows[string][number] {
  return { name, version, bundlepath: `registry.example/widget-bundle:${version}`, ...more }
}

function entry(id: number, name: string, replaces: number | null, depth: number, channel = 'stable') {
  return {
    entry_id: id,
    channel_name: channel,
    package_name: 'widget',
    operatorbundle_name: name,
    replaces,
    depth,
  }
}

function version(name: string, text: string) {
  return {
    type: 'olm.package',
    value: `{"packageName":"widget","version":"${text}"}`,
    operatorbundle_name: name,
  }
}

const CSV = {
  kind: 'ClusterServiceVersion',
  spec: {
    relatedImages: [{ name: 'app', image: 'registry.example/widget:1.2' }],
    description: 'Widgets',
    icon: [{ base64data: 'PHN2Zz4=', mediatype: 'image/svg+xml' }],
  },
}

/**
 * 1.2.0 replaces 1.1.0 and skips 1.1.1; 1.1.0 replaces 1.0.0, which is not in the catalog any more. What bundles say of
 * themselves differs, and one of them has no image.
 */
const ROWS: TableRows = {
  package: [
    { name: 'widget', default_channel: 'stable' },
    { name: 'bare', default_channel: null },
  ],
  channel: [
    { name: 'stable', package_name: 'widget', head_operatorbundle_name: 'w.v1.2.0' },
    { name: 'beta', package_name: 'widget', head_operatorbundle_name: 'w.v1.1.1' },
  ],
  channel_entry: [
    entry(1, 'w.v1.2.0', 5, 0),
    entry(2, 'w.v1.1.1', null, 1),
    entry(3, 'w.v1.2.0', 2, 1),
    entry(5, 'w.v1.1.0', 6, 2),
    entry(6, 'w.v1.0.0', null, 3),
    entry(7, 'w.v1.1.1', null, 0, 'beta'),
  ],
  operatorbundle: [
    bundle('w.v1.2.0', '1.2.0', {
      replaces: 'w.v1.1.0',
      skips: 'w.v1.1.1',
      skiprange: '>=1.0.0 <1.2.0',
      csv: Buffer.from(JSON.stringify(CSV)),
      bundle: Buffer.from(`${JSON.stringify(CSV)}\n{"kind":"Service"}`),
    }),
    bundle('w.v1.1.1', '1.1.1', { skips: 'w.v1.0.9', replaces: null }),
    bundle('w.v1.1.0', '1.1.0', { replaces: 'w.v0.9.0' }),
    bundle('w.v1.0.0', '1.0.0', { bundlepath: null }),
  ],
  related_image: [
    { image: 'registry.example/widget:1.2', operatorbundle_name: 'w.v1.2.0' },
    { image: '', operatorbundle_name: 'w.v1.2.0' },
    { image: 'registry.example/widget-bundle:1.1.0', operatorbundle_name: 'w.v1.1.0' },
  ],
  properties: [
    version('w.v1.2.0', '1.2.0'),
    {
      type: 'olm.gvk',
      value: Buffer.from('{"group":"g","kind":"K","version":"v1"}'),
      operatorbundle_name: 'w.v1.2.0',
    },
    version('w.v1.1.0', '1.1.0'),
    version('w.v1.1.0', '1.1.0'),
  ],
  dependencies: [
    {
      type: 'olm.package',
      value: '{"packageName":"gadget","version":">1"}',
      operatorbundle_name: 'w.v1.2.0',
    },
    { type: 'olm.gvk', value: '{"group":"h","kind":"L","version":"v1"}', operatorbundle_name: 'w.v1.2.0' },
  ],
  deprecated: [{ operatorbundle_name: 'w.v1.1.0' }],
}

async function read(bytes: Uint8Array) {
  return readCatalogFiles(await filesOfDatabase(bytes, openDatabase, 'C'), 'C')
}

describe('an operator database', () => {
  it('reads as the model of a catalog', async () => {
    const { model } = await read(operatorDatabase(ROWS))
    const [bare, widget] = model.packages
    assert.deepEqual(bare, { name: 'bare', channels: [], bundles: new Map(), deprecations: [] })
    assert.equal(widget?.defaultChannel, 'stable')
    assert.deepEqual(widget.channels, [
      { name: 'beta', entries: [{ name: 'w.v1.1.1', skips: [] }] },
      {
        name: 'stable',
        entries: [
          { name: 'w.v1.2.0', replaces: 'w.v1.1.0', skips: ['w.v1.1.1'], skipRange: '>=1.0.0 <1.2.0' },
          { name: 'w.v1.1.1', skips: [] },
          { name: 'w.v1.1.0', replaces: 'w.v1.0.0', skips: [] },
        ],
      },
    ])
    assert.deepEqual(
      [...widget.bundles.values()],
      [
        {
          name: 'w.v1.1.0',
          version: '1.1.0',
          image: 'registry.example/widget-bundle:1.1.0',
          relatedImages: [{ name: '', image: 'registry.example/widget-bundle:1.1.0' }],
        },
        {
          name: 'w.v1.1.1',
          version: '1.1.1',
          image: 'registry.example/widget-bundle:1.1.1',
          relatedImages: [],
        },
        {
          name: 'w.v1.2.0',
          version: '1.2.0',
          image: 'registry.example/widget-bundle:1.2.0',
          relatedImages: [{ name: 'app', image: 'registry.example/widget:1.2' }],
          relations: {
            provides: ['g/v1/K'],
            needs: [
              { kind: 'package', package: 'gadget', range: '>1' },
              { kind: 'api', api: 'h/v1/L' },
            ],
          },
        },
      ],
    )
    assert.deepEqual(
      widget.deprecations.map(({ what }) => what),
      [{ schema: 'olm.bundle', name: 'w.v1.1.0' }],
    )
  })

  it('becomes documents of a file-based catalog with its properties, dependencies, manifests and icon', async () => {
    const { documents } = await read(operatorDatabase(ROWS))
    assert.deepEqual(
      documents.map(({ schema, name, file }) => `${file} ${schema} ${name}`),
      [
        'bare/catalog.json olm.package bare',
        'widget/catalog.json olm.package widget',
        'widget/catalog.json olm.channel stable',
        'widget/catalog.json olm.channel beta',
        'widget/catalog.json olm.bundle w.v1.2.0',
        'widget/catalog.json olm.bundle w.v1.1.1',
        'widget/catalog.json olm.bundle w.v1.1.0',
        'widget/catalog.json olm.deprecations ',
      ],
    )
    const json = (name: string) => JSON.parse(documents.find(each => each.name === name)?.text() ?? '')
    assert.deepEqual(json('widget'), {
      schema: 'olm.package',
      name: 'widget',
      defaultChannel: 'stable',
      description: 'Widgets',
      icon: { base64data: 'PHN2Zz4=', mediatype: 'image/svg+xml' },
    })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    assert.deepEqual(json('w.v1.2.0').properties, [
      { type: 'olm.package', value: { packageName: 'widget', version: '1.2.0' } },
      { type: 'olm.gvk', value: { group: 'g', kind: 'K', version: 'v1' } },
      { type: 'olm.package.required', value: { packageName: 'gadget', versionRange: '>1' } },
      { type: 'olm.gvk.required', value: { group: 'h', kind: 'L', version: 'v1' } },
      { type: 'olm.bundle.object', value: { data: base64(JSON.stringify(CSV)) } },
      { type: 'olm.bundle.object', value: { data: base64('{"kind":"Service"}') } },
    ])
    assert.equal(json('w.v1.1.0').properties.length, 1)
  })

  it('of an older kind, without properties and lists of skips, is read from the edges of its channels', async () => {
    const schema = `
      CREATE TABLE operatorbundle (name TEXT, csv TEXT, bundle TEXT, bundlepath TEXT, version TEXT);
      CREATE TABLE package (name TEXT, default_channel TEXT);
      CREATE TABLE channel (name TEXT, package_name TEXT, head_operatorbundle_name TEXT);
      CREATE TABLE channel_entry (entry_id INTEGER, channel_name TEXT, package_name TEXT, operatorbundle_name TEXT,
        replaces INTEGER, depth INTEGER);`
    const { package: packages = [], channel = [], channel_entry: entries = [] } = ROWS
    const operatorbundle = ['1.2.0', '1.1.0'].map(each => bundle(`w.v${each}`, each))
    const database = operatorDatabase(
      { package: packages, channel, channel_entry: entries, operatorbundle },
      schema,
    )
    const [, widget] = (await read(database)).model.packages
    assert.deepEqual(widget?.channels[1]?.entries, [
      { name: 'w.v1.2.0', replaces: 'w.v1.1.0', skips: ['w.v1.1.1'] },
      { name: 'w.v1.1.0', replaces: 'w.v1.0.0', skips: [] },
    ])
    assert.deepEqual([...widget.bundles.keys()], ['w.v1.1.0', 'w.v1.2.0'])
  })

  const faults: readonly (readonly [what: string, bytes: () => Uint8Array, message: RegExp])[] = [
    [
      'that is no database',
      () => Buffer.from('not a database, but long enough to be looked at'.repeat(30)),
      /^C: its database cannot be read: file is not a database$/,
    ],
    [
      'that is cut short',
      () => operatorDatabase(ROWS).subarray(0, 6000),
      /^C: its database cannot be read: /,
    ],
    [
      'with other tables',
      () => operatorDatabase({}, 'CREATE TABLE package (name TEXT); CREATE TABLE channel (name TEXT)'),
      /^C: its database has no table channel_entry and no table operatorbundle$/,
    ],
  ]
  for (const [what, bytes, message] of faults)
    it(`${what} is an error that names the catalog`, async () => {
      await assert.rejects(read(bytes()), (error: unknown) => {
        assert.ok(error instanceof PlanError && error.hint)
        assert.match(error.message, message)
        return true
      })
    })

  it('with a bundle without version is an error that names the bundle', async () => {
    const database = operatorDatabase({ ...ROWS, properties: [], operatorbundle: [bundle('w.v1.2.0', '')] })
    await assert.rejects(read(database), /bundle "w\.v1\.2\.0" in package "widget" has no package property/)
  })
})

/** `list operators` as a person meets it: what a catalog has, before an image set is written. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { openLayoutTarget } from '../../providers/layout/index.ts'
import { catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import {
  buildCatalogImage,
  DEMO_OPERATORS,
  type OperatorSketch,
  sketchCatalog,
} from '../../testdata/catalogs.ts'
import { pushImage } from '../../testdata/push.ts'
import type { CliResult } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const [widget, gadget] = DEMO_OPERATORS
const REFERENCE = 'registry.example.com/olm/demo-index:v1'
const DEPRECATED: OperatorSketch = {
  ...widget,
  deprecated: [
    { what: 'channel fast', message: 'ends with 2.2;\nuse stable' },
    { what: 'bundle 1.0.0', message: 'widget.v1.0.0 has a known fault' },
  ],
}
const OLD: OperatorSketch = {
  ...gadget,
  channels: { alpha: ['0.1.0', '0.2.0'] },
  deprecated: [{ what: 'package', message: 'Not developed any more' }],
}

interface Scene {
  readonly requests: readonly { readonly method: string; readonly path: string }[]
  readonly digest: string
  run(...args: readonly string[]): Promise<CliResult>
}

async function scene(t: TestContext): Promise<Scene> {
  const registry = await startTestRegistry(t)
  const files = sketchCatalog([DEPRECATED, OLD]).files
  const image = await publishCatalog(registry.url, REFERENCE, { files, images: new Map() })
  const { run } = catalogScene(t, registry.host, 'oci://mirror')
  return {
    requests: registry.requests,
    digest: image.manifest.digest,
    run: (...args) => run(['list', 'operators', '--catalog', REFERENCE, ...args]),
  }
}

describe('list operators', { concurrency: 2 }, () => {
  it('of a catalog shows each package with its default channel, that channel’s head, and what is deprecated', async t => {
    const { run } = await scene(t)
    const shown = await run()
    assert.equal(shown.code, 0, shown.output)
    assert.deepEqual(shown.stdout.trimEnd().split('\n'), [
      'registry.example.com/olm/demo-index:v1: 2 packages, 9 bundles',
      '  PACKAGE  DEFAULT CHANNEL  HEAD                   CHANNELS  BUNDLES',
      '  gadget   alpha            2 heads: 0.1.0, 0.2.0         1        2  deprecated',
      '  widget   stable           2.0.0                         2        7',
    ])
  })

  it('of a package shows its channels, the default first, and why one should be left', async t => {
    const { run } = await scene(t)
    const shown = await run('--package', 'widget')
    assert.deepEqual(shown.stdout.trimEnd().split('\n'), [
      'widget of registry.example.com/olm/demo-index:v1: 2 channels, 7 bundles',
      '  CHANNEL  HEAD        BUNDLES',
      '  stable   2.0.0             5  default',
      '  fast     2.2.0-rc.1        3  deprecated',
      '  channel fast is deprecated: ends with 2.2; use stable',
    ])
    const old = await run('--package', 'gadget')
    assert.match(old.stdout, /package gadget is deprecated: Not developed any more/)
  })

  it('of a channel shows its versions, newest first, the head marked', async t => {
    const { run } = await scene(t)
    const shown = await run('--package', 'widget', '--channel', 'stable')
    assert.deepEqual(shown.stdout.trimEnd().split('\n'), [
      'widget of registry.example.com/olm/demo-index:v1, channel stable: 5 bundles',
      '  2.0.0  head  widget.v2.0.0',
      '  1.2.0        widget.v1.2.0',
      '  1.1.1        widget.v1.1.1',
      '  1.1.0        widget.v1.1.0',
      '  1.0.0        widget.v1.0.0  deprecated',
      '  widget.v1.0.0 has a known fault',
    ])
  })

  it('with --versions shows every version with the channels it is in', async t => {
    const { run } = await scene(t)
    const shown = await run('--package', 'widget', '--versions')
    assert.deepEqual(shown.stdout.trimEnd().split('\n').slice(1, 4), [
      '  2.2.0-rc.1  fast          head            widget.v2.2.0-rc1',
      '  2.1.0       fast                          widget.v2.1.0',
      '  2.0.0       fast, stable  head of stable  widget.v2.0.0',
    ])
    const all = await run('--versions')
    assert.match(all.stdout, /^gadget of[\s\S]*\n\nwidget of/)
  })

  it('as JSON is one document, with the digest that was read', async t => {
    const { run, digest } = await scene(t)
    const { stdout } = await run('--package', 'widget', '--channel', 'fast', '--json')
    const { packages, ...rest } = JSON.parse(stdout)
    assert.deepEqual(rest, { format: 'mirrorform-operators', version: 1, catalog: REFERENCE, digest })
    const [only] = packages
    assert.deepEqual(only.channels, [
      {
        name: 'fast',
        bundles: 3,
        deprecation: 'ends with 2.2;\nuse stable',
        heads: [{ bundle: 'widget.v2.2.0-rc1', version: '2.2.0-rc.1' }],
      },
    ])
    assert.deepEqual(
      only.versions.map(({ version }: { version: string }) => version),
      ['2.2.0-rc.1', '2.1.0', '2.0.0'],
    )
  })

  it('reads the same catalog only once: the next question is answered from the cache', async t => {
    const { run, requests } = await scene(t)
    const blobsSince = (from: number) => requests.slice(from).filter(({ path }) => path.includes('/blobs/'))
    await run()
    assert.notDeepEqual(blobsSince(0), [])
    const asked = requests.length
    assert.equal((await run('--package', 'widget')).code, 0)
    assert.deepEqual(blobsSince(asked), [])
  })

  it('reads an OCI layout folder as well', async t => {
    const { path, run } = catalogScene(t, '127.0.0.1:1', 'oci://mirror')
    const catalog = buildCatalogImage(sketchCatalog().files)
    await pushImage(openLayoutTarget(path('layout')), 'demo', 'v1', catalog)
    const shown = await run(['list', 'operators', '--catalog', 'oci://layout', '--package', 'gadget'])
    assert.equal(shown.code, 0, shown.output)
    assert.match(shown.stdout, /alpha +0\.2\.0 +2 +default/)
  })

  const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown package, with the nearest',
      ['--package', 'wigdet'],
      /no package wigdet[\s\S]*did you mean "widget"\?/,
    ],
    [
      'an unknown channel, with the nearest',
      ['--package', 'widget', '--channel', 'stabel'],
      /package widget of catalog[\s\S]*no channel stabel[\s\S]*did you mean "stable"\?/,
    ],
    ['a channel without a package', ['--channel', 'stable'], /--channel needs --package/],
  ]
  it('refuses what it cannot answer, with what to do instead', async t => {
    const { run } = await scene(t)
    for (const [name, args, says] of refusals) {
      const refused = await run(...args)
      assert.equal(refused.code, 1, `${name}: ${refused.output}`)
      assert.equal(refused.stdout, '', name)
      assert.match(refused.stderr, says, name)
    }
  })

  it('names a catalog that is not there, and one that is no catalog', async t => {
    const registry = await startTestRegistry(t)
    const { run } = catalogScene(t, registry.host, 'oci://mirror')
    const list = (catalog: string) => run(['list', 'operators', '--catalog', catalog])
    const none = await run(['list', 'operators'])
    assert.equal(none.code, 1)
    assert.match(none.stderr, /--catalog is missing/)
    const missing = await list('registry.example.com/olm/none:v1')
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /registry\.example\.com\/olm\/none:v1[\s\S]*no such image/)
    const files = sketchCatalog().files
    await publishCatalog(registry.url, REFERENCE, { files, images: new Map() }, { label: '' })
    const unlabelled = await list(REFERENCE)
    assert.equal(unlabelled.code, 1)
    assert.match(unlabelled.stderr, /operators\.operatorframework\.io\.index\.configs\.v1/)
  })
})

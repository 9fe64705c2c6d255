/** What an image set may not ask of a catalog, as a person meets it: the reason, the place, and the change that cures it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  type CatalogScene,
  catalogScene,
  type OperatorText,
  publishCatalog,
} from '../../testdata/catalog-scene.ts'
import { type CatalogImageOptions, sketchCatalog } from '../../testdata/catalogs.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'

interface RefusedScene extends CatalogScene {
  /** Plans what must be refused. @returns stderr in one line */
  refuse(...operators: readonly OperatorText[]): Promise<string>
  publish(
    reference: string,
    files: Readonly<Record<string, string>>,
    options?: CatalogImageOptions,
  ): Promise<unknown>
}

async function scene(t: TestContext): Promise<RefusedScene> {
  const registry = await startTestRegistry(t)
  const made = catalogScene(t, registry.host, `docker://${registry.host}/mirror`)
  const publish: RefusedScene['publish'] = (reference, files, options) =>
    publishCatalog(registry.url, reference, { files, images: new Map() }, options)
  await publish(CATALOG, sketchCatalog().files)
  return {
    ...made,
    publish,
    refuse: async (...operators) => {
      made.wantOperators(...operators)
      const { code, stderr, output } = await made.at('plan')
      assert.equal(code, 1, output)
      return stderr.replace(/\s+/g, ' ')
    },
  }
}

const widget = (more: object) => [{ catalog: CATALOG, packages: [{ name: 'widget', ...more }] }]

describe('an image set of operators is refused', { concurrency: 2 }, () => {
  it('for a package and a channel that the catalog does not have, with the nearest, all at once', async t => {
    const { refuse } = await scene(t)
    const said = await refuse({
      catalog: CATALOG,
      packages: [{ name: 'wigdet' }, { name: 'gadget', channels: [{ name: 'alfa' }] }],
    })
    assert.match(said, /wigdet/)
    assert.match(said, /did you mean "widget"\?/)
    assert.match(said, /alfa/)
    assert.match(said, /did you mean "alpha"\?/)
  })

  it('for a range that would leave two heads, and the change it names does cure it', async t => {
    const made = await scene(t)
    const channels = (maxVersion: string) => ({
      channels: [{ name: 'stable', minVersion: '1.1.0', maxVersion }],
    })
    const said = await made.refuse(...widget(channels('1.1.1')))
    assert.match(said, /widget/)
    assert.match(said, /stable/)
    assert.match(said, /1\.1\.0[\s\S]*1\.1\.1/)
    const cure = /raise maxVersion to (\d+\.\d+\.\d+)/.exec(said)?.[1]
    assert.equal(cure, '1.2.0', said)
    made.wantOperators(...widget(channels(cure)))
    const cured = await made.at('plan', ['--json'])
    assert.doesNotMatch(cured.stderr, /heads/)
  })

  it('for a range that empties a channel, and for a default channel that is not kept', async t => {
    const { refuse } = await scene(t)
    const emptied = await refuse(...widget({ channels: [{ name: 'stable', minVersion: '3.0.0' }] }))
    assert.match(emptied, /stable/)
    assert.match(emptied, /3\.0\.0/)
    const noDefault = await refuse(...widget({ channels: [{ name: 'fast' }] }))
    assert.match(noDefault, /defaultChannel: fast/)
  })

  it('for full: true beside a range, with the line of the file', async t => {
    const { refuse } = await scene(t)
    const said = await refuse({ ...widget({ minVersion: '1.0.0' })[0], catalog: CATALOG, full: true })
    assert.match(said, /imageset\.yaml:\d+/)
    assert.match(said, /full/)
  })

  it('for two catalogs that would end at one destination', async t => {
    const { refuse } = await scene(t)
    const said = await refuse(
      { catalog: CATALOG, packages: [{ name: 'gadget' }] },
      { catalog: CATALOG.replace('registry.example.com', 'quay.io'), packages: [{ name: 'widget' }] },
    )
    assert.match(said, /olm\/demo-index:v1/)
    assert.match(said, /quay\.io/)
    assert.match(said, /targetCatalog|targetTag/)
  })

  it('for a catalog image without its label, or with nothing where the label says', async t => {
    const { publish, refuse } = await scene(t)
    const bare = 'registry.example.com/olm/bare:v1'
    await publish(bare, sketchCatalog().files, { label: '' })
    const unlabelled = await refuse({ catalog: bare })
    assert.match(unlabelled, /olm\/bare:v1/)
    assert.match(unlabelled, /operators\.operatorframework\.io\.index\.configs\.v1/)
    const empty = 'registry.example.com/olm/empty:v1'
    await publish(empty, {}, {})
    assert.match(await refuse({ catalog: empty }), /olm\/empty:v1[\s\S]*\/configs/)
  })

  it('for one wrong document among many, named with its file and line', async t => {
    const { publish, refuse } = await scene(t)
    const broken = 'registry.example.com/olm/broken:v1'
    const { files } = sketchCatalog()
    await publish(broken, { ...files, 'gizmo/catalog.yaml': 'schema: olm.package\nname: [gizmo\n' })
    assert.match(await refuse({ catalog: broken }), /olm\/broken:v1[\s\S]*gizmo\/catalog\.yaml:\d/)
  })

  it('for a catalog that does not exist', async t => {
    const { refuse } = await scene(t)
    assert.match(await refuse({ catalog: 'registry.example.com/olm/none:v9' }), /olm\/none:v9/)
  })
})

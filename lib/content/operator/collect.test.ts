/** Operators of an image set -> wanted images: the worked example of the specification, and everything that differs from it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../../testdata/catalogs.ts'
import { DEMO_CATALOG, operatorsInMemory } from '../../../testdata/operators-in-memory.ts'
import { failure, placesOf } from '../../../testdata/releases-in-memory.ts'
import { hexOf } from '../../oci/digest.ts'
import { parseReference } from '../../oci/reference.ts'

const [widget, gadget] = DEMO_OPERATORS
const EXAMPLE = `  - catalog: ${DEMO_CATALOG}\n    packages: [{name: widget, channels: [{name: stable}]}]\n`

/** `acme/widget:sha256-…` for a reference by digest. */
function placeOf(text: string): string {
  const { path, tag, digest } = parseReference(text)
  return `${path}:${tag ?? digest?.replace(':', '-')}`
}

describe('operators of an image set', () => {
  it('are, as in the worked example, the bundle, its operands, and a catalog that has only them', async () => {
    const memory = operatorsInMemory()
    const [collected, ...others] = await memory.collect(EXAMPLE)
    assert.ok(collected)
    assert.deepEqual(others, [])
    const { bundle = '', operator = '', proxy = '' } = bundleReferences(widget, '2.0.0')
    const [catalog, ...images] = collected.images
    assert.deepEqual(placesOf(images), [bundle, operator, proxy].map(placeOf))
    assert.equal(placesOf(images)[2], 'acme/proxy:1.2')
    assert.deepEqual(images[0]?.origins, [
      {
        kind: 'bundle',
        catalog: DEMO_CATALOG,
        package: 'widget',
        bundle: 'widget.v2.0.0',
        channels: ['stable'],
      },
    ])
    assert.equal(`${catalog?.repository}:${catalog?.tag}`, 'olm/demo-index:v1')
    assert.deepEqual(catalog?.origins, [{ kind: 'catalog', catalog: DEMO_CATALOG }])
    assert.ok(catalog?.made)
    const { tag: _, ...named } = parseReference(DEMO_CATALOG)
    assert.deepEqual(catalog?.source, {
      kind: 'registry',
      reference: { ...named, digest: collected.digest },
    })
    assert.deepEqual(
      collected.selections.map(({ title, kept }) => [title, kept.map(({ name }) => name)]),
      [
        [`catalog ${DEMO_CATALOG}`, [collected.digest]],
        [`package widget, catalog ${DEMO_CATALOG}`, ['widget.v2.0.0']],
      ],
    )
  })

  it('come with one image once, asked for by every bundle that needs it', async () => {
    const memory = operatorsInMemory()
    const [collected] = await memory.collect(
      `  - {catalog: "${DEMO_CATALOG}", full: true, packages: [{name: gadget}]}\n`,
    )
    const proxies = collected?.images.filter(({ repository }) => repository === 'acme/proxy')
    assert.equal(proxies?.length, 1)
    assert.deepEqual(
      proxies?.[0]?.origins.map(origin => (origin.kind === 'bundle' ? origin.bundle : '')),
      ['gadget.v0.1.0', 'gadget.v0.2.0'],
    )
  })

  it('bring the bundle image also where the catalog does not list it as related', async () => {
    const content = sketchCatalog([gadget])
    const { bundle = '' } = bundleReferences(gadget, '0.2.0')
    const text = content.files['gadget/catalog.json'] ?? ''
    const unlisted = text.replaceAll(/\{\s*"name": "",\s*"image": "[^"]*"\s*\},/g, '')
    assert.notEqual(unlisted, text)
    const memory = operatorsInMemory({ ...content, files: { 'gadget/catalog.json': unlisted } })
    const [collected] = await memory.collect(`  - catalog: ${DEMO_CATALOG}\n`)
    assert.ok(collected && placesOf(collected.images).includes(placeOf(bundle)))
  })

  it('leave a catalog as it is that is wanted whole', async () => {
    const memory = operatorsInMemory()
    const [collected] = await memory.collect(`  - {catalog: "${DEMO_CATALOG}", full: true}\n`)
    const [catalog, ...images] = collected?.images ?? []
    assert.equal(catalog?.made, undefined)
    assert.equal(`${catalog?.repository}:${catalog?.tag}`, 'olm/demo-index:v1')
    assert.equal(images.length, 9 * 2 + 1)
    assert.deepEqual(
      collected?.selections.map(({ title }) => title),
      [`catalog ${DEMO_CATALOG}`],
    )
  })

  it('are named as oc-mirror names them: targetCatalog, targetTag, and catalogs by digest', async () => {
    const memory = operatorsInMemory()
    const packages = 'packages: [{name: gadget}]'
    const [first] = await memory.collect(`  - {catalog: "${DEMO_CATALOG}", ${packages}}\n`)
    const pinned = DEMO_CATALOG.replace(/:v1$/, `@${first?.digest}`)
    const collected = await memory.collect(`
  - {catalog: "${DEMO_CATALOG}", targetCatalog: mine/operators, targetTag: today, ${packages}}
  - {catalog: "${pinned}", ${packages}}
  - {catalog: "${pinned}", targetCatalog: whole, full: true}
  - {catalog: "${pinned}", targetTag: v1, ${packages}}
`)
    const root = first?.images[0]?.made?.root
    assert.ok(first && root)
    assert.deepEqual(
      collected.map(({ images }) => placesOf(images)[0]),
      [
        'mine/operators:today',
        `olm/demo-index:sha256-${hexOf(root)}`,
        `whole:sha256-${hexOf(first.digest)}`,
        'olm/demo-index:v1',
      ],
    )
    assert.equal(collected[3]?.catalog, DEMO_CATALOG, 'a pinned catalog keeps its name')
    assert.deepEqual(collected[3]?.images, first.images)
  })

  it('read the catalog once, and nothing but its digest when it is planned again', async () => {
    const memory = operatorsInMemory()
    const first = await memory.collect(EXAMPLE)
    const registry = memory.registry('registry.example.com')
    registry.forgetRequests()
    const second = await memory.collect(EXAMPLE)
    assert.deepEqual(second, first)
    assert.deepEqual(registry.counts(), { 'HEAD manifest': 1 })
  })

  it('that nobody can ask for make their bundle incomplete, and only that', async () => {
    const content = sketchCatalog([gadget])
    const { operator = '' } = bundleReferences(gadget, '0.2.0')
    const memory = operatorsInMemory()
    for (const [text, message] of [
      ['oci:///operand', /unknown transport/],
      ['', /no name/],
      ['quay.io/acme/gadget', /neither tag nor digest/],
      ['quay.io/Acme:1', /lower-case|not a repository path/],
    ] as const) {
      const files = {
        'gadget/catalog.json': (content.files['gadget/catalog.json'] ?? '').replaceAll(operator, text),
      }
      memory.publish('quay.io/acme/index:broken', { ...content, files })
      const [collected] = await memory.collect(
        '  - {catalog: "quay.io/acme/index:broken", full: true, packages: [{name: gadget}]}\n',
      )
      const [only, ...more] = collected?.incomplete ?? []
      assert.deepEqual(more, [])
      assert.equal(only?.bundle, 'gadget.v0.2.0')
      assert.equal(only?.missing[0]?.image, text)
      assert.match(only?.missing[0]?.message ?? '', message)
    }
  })

  it('for a platform that the catalog does not have are refused with the line of the image set', async () => {
    const memory = operatorsInMemory()
    memory.publish('quay.io/acme/index:arm', sketchCatalog(), { platforms: ['linux/arm64'] })
    const { message, hint } = await failure(
      memory.collect(
        '  - {catalog: "quay.io/acme/index:arm", packages: [{name: gadget}], platforms: [{os: linux, architecture: s390x}]}\n',
      ),
    )
    assert.match(message, /^isc\.yaml:\d+: quay\.io\/acme\/index\S* has no image for platform linux\/s390x$/)
    assert.equal(hint, 'it offers linux/arm64')
  })

  it('say which operators that are installed cannot update any more', async () => {
    const memory = operatorsInMemory()
    const held = (bundle: string) =>
      ({ kind: 'bundle', catalog: DEMO_CATALOG, package: 'widget', bundle, channels: ['stable'] }) as const
    const [collected] = await memory.collect(EXAMPLE, {}, [held('widget.v1.0.0')])
    assert.match(collected?.selections[0]?.remarks.join() ?? '', /1\.0\.0/)
    const [updated] = await memory.collect(EXAMPLE, {}, [
      { ...held('widget.v1.0.0'), catalog: DEMO_CATALOG.replace(':v1', ':v0') },
    ])
    assert.match(updated?.selections[0]?.remarks.join() ?? '', /1\.0\.0/, 'installed from an older catalog')
    const [fine] = await memory.collect(EXAMPLE, {}, [held('widget.v2.0.0')])
    assert.deepEqual(fine?.selections[0]?.remarks, [])
  })

  it('are refused together, with everything that is wrong with each catalog', async () => {
    const memory = operatorsInMemory()
    const { message, hint } = await failure(
      memory.collect(`
  - {catalog: "${DEMO_CATALOG}", packages: [{name: wigdet}]}
  - {catalog: "quay.io/none/index:v9"}
  - {catalog: "registry.example.com/acme/none:v1"}
`),
    )
    assert.match(message, /wigdet/)
    assert.match(message, /isc.yaml:7: the catalog registry.example.com\/acme\/none:v1 does not exist/)
    assert.match(hint ?? '', /widget/)
  })
})

/** Builders of catalogs: what they make fits together, and the real tools accept it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCatalogFiles } from '../lib/content/operator/catalog/index.ts'
import { parseReference } from '../lib/oci/reference.ts'
import { publishCatalog } from './catalog-scene.ts'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from './catalogs.ts'
import { corpusFiles, skipWithoutCatalogs, withMadeImages } from './corpus-catalogs.ts'
import { skipWithout, startDockerRegistry } from './docker-registry.ts'
import { pullCatalog } from './pulled-catalog.ts'
import { cliWorkspace } from './run-cli.ts'
import { rawDigest } from './skopeo.ts'

const [widget] = DEMO_OPERATORS

test('the demo catalog is the one of the specification, and every image it names is made', () => {
  const { files, images } = sketchCatalog()
  const { model } = readCatalogFiles(new Map(Object.entries(files).map(encoded)), 'demo')
  const packages = model.packages.map(({ name, bundles }) => [name, bundles.size])
  assert.deepEqual(packages, [
    ['gadget', 2],
    ['widget', 7],
  ])
  const bundles = model.packages.flatMap(each => [...each.bundles.values()])
  const named = bundles.flatMap(bundle => [bundle.image, ...bundle.relatedImages.map(({ image }) => image)])
  assert.deepEqual([...new Set(named)].toSorted(), [...images.keys()].toSorted())
  assert.equal(bundles.find(({ name }) => name === 'widget.v2.2.0-rc1')?.version, '2.2.0-rc.1')
  assert.ok(named.includes(bundleReferences(widget, '1.1.1').operator ?? ''))
})

test('a catalog of the corpus names made images only, and the same one where it named the same', {
  skip: skipWithoutCatalogs,
}, () => {
  const files = corpusFiles(['kernel-module-management', 'catalog_nfd', 'gatekeeper'])
  const { images, files: rewritten } = withMadeImages(files)
  const before = imagesOf(files)
  const after = imagesOf(rewritten)
  assert.equal(after.length, before.length)
  assert.equal(new Set(after).size, new Set(before).size)
  for (const reference of after) {
    const image = images.get(reference)
    assert.ok(image, reference)
    assert.equal(image.manifest.digest, parseReference(reference).digest)
  }
})

test('a catalog and its images lie in a real registry, and are read there by another tool', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(() => registry.close())
  const workspace = cliWorkspace(t)
  const content = sketchCatalog()
  const platforms = ['linux/amd64', 'linux/arm64']
  await publishCatalog(registry.url, 'registry.example.com/olm/demo-index:v1', content, { platforms })
  const pulled = await pullCatalog(workspace, `docker://${registry.host}/olm/demo-index:v1`)
  assert.equal(pulled.bundles.length, 9)
  assert.deepEqual(
    pulled.configs.map(({ architecture, config }) => [architecture, config.Cmd?.[1]]),
    [
      ['amd64', '/configs'],
      ['arm64', '/configs'],
    ],
  )
  assert.ok(pulled.paths.includes('bin/opm'))
  const proxy = bundleReferences(widget, '2.0.0').proxy ?? ''
  const digest = await rawDigest(workspace, `docker://${registry.host}/acme/proxy:1.2`)
  assert.equal(digest, parseReference(proxy).digest)
})

function encoded([name, text]: readonly [string, string]): [string, Uint8Array] {
  return [name, Buffer.from(text)]
}

function imagesOf(files: Readonly<Record<string, string>>): readonly string[] {
  const { model } = readCatalogFiles(new Map(Object.entries(files).map(encoded)), 'corpus')
  return model.packages.flatMap(({ bundles }) =>
    [...bundles.values()].flatMap(({ image, relatedImages }) => [
      image,
      ...relatedImages.map(related => related.image),
    ]),
  )
}

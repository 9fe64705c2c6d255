/**
 * Real catalogs, packed as images, with every image they name made small and served under its real name: planned, applied,
 * verified and read again by another tool.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readCatalogFiles } from '../../lib/content/operator/catalog/index.ts'
import type { CatalogModel } from '../../lib/content/operator/model.ts'
import { catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import type { CatalogContent } from '../../testdata/catalogs.ts'
import { corpusFiles, skipWithoutCatalogs, withMadeImages } from '../../testdata/corpus-catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'

const CATALOG = 'registry.redhat.io/redhat/redhat-operator-index:v4.17'
/** JSON and YAML, images by digest and by tag, deprecations. */
const NAMES = [
  'windows-machine-config-operator-fbc__v10.19',
  'policy-controller',
  'eda-openshift',
  'jumpstarter',
]

const skip = skipWithout('docker-registry', 'skopeo') || skipWithoutCatalogs

describe('catalogs of the corpus', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let content: CatalogContent
  let model: CatalogModel
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    content = withMadeImages(corpusFiles(NAMES))
    model = modelOf(content.files)
    await publishCatalog(a.url, CATALOG, content, { platforms: ['linux/amd64', 'linux/arm64'] })
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('heads of all packages are mirrored, and each package of the rebuilt catalog has lost no field', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/heads`)
    scene.wantOperators({ catalog: CATALOG })
    await scene.apply()
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
    const pulled = await pullCatalog(scene, `docker://${b.host}/heads/redhat/redhat-operator-index:v4.17`)
    assert.deepEqual(
      pulled.catalog.model.packages.map(({ name }) => name),
      model.packages.map(({ name }) => name),
    )
    assert.equal(pulled.bundles.length, model.packages.length)
    const before = textsOf(content.files)
    for (const document of pulled.catalog.documents)
      if (document.schema === 'olm.package' || document.schema === 'olm.bundle')
        assert.deepEqual(
          JSON.parse(document.text()),
          JSON.parse(before.get(`${document.schema} ${document.package} ${document.name}`) ?? 'null'),
          document.name,
        )
  })

  test('everything of one package, and only that, with connected', async t => {
    const name = 'policy-controller-operator'
    const scene = catalogScene(t, a.host, `docker://${b.host}/full`)
    scene.wantOperators({ catalog: CATALOG, full: true, packages: [{ name }] })
    await scene.apply('--operator-selection', 'connected')
    const pulled = await pullCatalog(scene, `docker://${b.host}/full/redhat/redhat-operator-index:v4.17`)
    assert.deepEqual(
      pulled.catalog.model.packages,
      model.packages.filter(each => each.name === name),
    )
  })

  for (const width of [80, 120])
    test(`the plan fits ${width} columns and names packages, bundles and reasons`, async t => {
      const scene = catalogScene(t, a.host, `docker://${b.host}/shown`)
      scene.wantOperators({ catalog: CATALOG })
      const { code, stdout, output } = await scene.at('plan', [], { env: { COLUMNS: String(width) } })
      assert.equal(code, 0, output)
      const tooLong = stdout.split('\n').filter(line => line.length > width && line.trim().includes(' '))
      assert.deepEqual(tooLong, [])
      for (const { name } of model.packages) assert.ok(stdout.includes(name), `${name}\n${stdout}`)
      assert.match(stdout, /head of the default channel/)
    })
})

function modelOf(files: CatalogContent['files']): CatalogModel {
  return readCatalogFiles(bytesOf(files), 'corpus').model
}

/** By schema, package and name. */
function textsOf(files: CatalogContent['files']): ReadonlyMap<string, string> {
  const { documents } = readCatalogFiles(bytesOf(files), 'corpus')
  return new Map(documents.map(each => [`${each.schema} ${each.package} ${each.name}`, each.text()]))
}

function bytesOf(files: CatalogContent['files']): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
}

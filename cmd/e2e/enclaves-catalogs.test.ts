/**
 * Catalogs as the enterprise made them, cut once more for an enclave, whose round finds every host that anything is named by
 * blocked. What else enclaves read (releases, charts, samples) is in enclaves-custody and enclaves-reach.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { operatorsText, publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout } from '../../testdata/docker-registry.ts'
import { enclaveScene, startEnclaveRegistries } from '../../testdata/enclave-scene.ts'
import { pullCatalog } from '../../testdata/pulled-catalog.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let internet: DockerRegistry
  let enterprise: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[internet, enterprise, site] = await startEnclaveRegistries()
  })
  after(() => Promise.all([internet.close(), enterprise.close(), site.close()]))

  const targets = (name: string) =>
    [
      { name: 'enterprise', to: `docker://${enterprise.host}/${name}`, imageSets: ['all.yaml'] },
      { name: 'enc1', to: `docker://${site.host}/${name}`, via: 'enterprise', imageSets: ['some.yaml'] },
    ] as const

  test('a catalog that the enterprise filtered is filtered again, whether it is asked for by tag or pinned', async t => {
    const hosts = ['registry.example.com', 'quay.io', 'ghcr.io', 'docker.io', 'registry.redhat.io']
    const scene = enclaveScene(t, internet.host, hosts)
    const catalog = await publishCatalog(internet.url, CATALOG, sketchCatalog())
    const stable = { name: 'stable', minVersion: '1.2.0' }
    const wide = [{ name: 'widget', channels: [stable] }, { name: 'gadget' }]
    scene.write('all.yaml', operatorsText([{ catalog: CATALOG, packages: wide }]))
    scene.topology(...targets('olm'))
    await scene.apply('enterprise')
    scene.cut()

    const narrow = [{ name: 'widget', channels: [{ ...stable, minVersion: '2.0.0' }] }]
    scene.write('some.yaml', operatorsText([{ catalog: CATALOG, packages: narrow }]))
    await scene.apply('enc1')
    const pulled = await pullCatalog(scene, `docker://${site.host}/olm/olm/demo-index:v1`)
    assert.deepEqual(pulled.bundles, ['widget.v2.0.0'])
    const verified = await scene.at('verify', 'enc1', '--deep')
    assert.equal(verified.code, 0, verified.output)

    const pinned = CATALOG.replace(/:v1$/, `@${catalog.manifest.digest}`)
    scene.write('some.yaml', operatorsText([{ catalog: pinned, targetTag: 'v1', packages: narrow }]))
    const again = await scene.at('plan', 'enc1', '--detailed-exitcode')
    assert.equal(again.code, 0, again.output)

    const older = [
      { name: 'widget', channels: [{ name: 'stable', minVersion: '1.0.0', maxVersion: '1.0.0' }] },
    ]
    scene.write('some.yaml', operatorsText([{ catalog: CATALOG, packages: older }]))
    const gone = await scene.at('plan', 'enc1')
    assert.equal(gone.code, 1, gone.output)
    assert.match(
      gone.stderr.replace(/\s+/g, ' '),
      /it has 1\.2\.0, 2\.0\.0 .* the catalog is read at enterprise/,
    )
  })
})

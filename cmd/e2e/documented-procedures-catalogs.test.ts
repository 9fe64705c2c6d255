/** The page of docs/migrate about `oc adm catalog mirror`, line by line, with docker-registry and skopeo. */
import assert from 'node:assert/strict'
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { readMirrorPolicies } from '../../lib/config/index.ts'
import { catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { typist } from '../../testdata/documented-lines.ts'
import { PROCEDURES } from '../../testdata/documented-procedures.ts'
import type { Built } from '../../testdata/images.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { registriesConf } from '../../testdata/releases.ts'
import type { CliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const INDEX = 'registry.example.com/olm/demo-index:v1'
const NO_LOGINS = '{"auths":{}}'

/** `mirror = source`, of each folder of manifests. */
function policiesIn(scene: CliWorkspace): readonly (readonly string[])[] {
  return readdirSync(scene.folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('imageContentSourcePolicy.yaml'))
    .map(path =>
      readMirrorPolicies({ path, text: scene.read(path) }, 'ImageContentSourcePolicy').flatMap(({ rules }) =>
        rules.map(({ source, mirrors }) => `${mirrors.join()} = ${source}`),
      ),
    )
}

describe('with docker-registry and skopeo', {
  skip: skipWithout('docker-registry', 'skopeo'),
  concurrency: 2,
}, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let index: Built
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    index = await publishCatalog(a.url, INDEX, sketchCatalog())
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('the lines of the page mirror a catalog to a registry, by its manifests, and through a folder', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/olm`)
    scene.write('pull-secret.json', NO_LOGINS)
    const words = {
      INDEX,
      SECRET: 'pull-secret.json',
      'REG:PORT': b.host,
      'REG:PORT/REPO': `${b.host}/olm`,
      'NS/NAME:TAG': 'olm/demo-index:v1',
      MANIFESTS: 'manifests',
      FILE: 'manifests/imageContentSourcePolicy.yaml',
      DIR: 'sets',
    }
    const { type, finish } = typist(scene, PROCEDURES.catalogs, words)
    await type(
      'mirrorform adm catalog mirror INDEX REG:PORT -a SECRET --insecure --index-filter-by-os=linux/amd64',
    )
    assert.equal(await rawDigest(scene, `docker://${b.host}/olm/demo-index:v1`), index.manifest.digest)

    await type('mirrorform adm catalog mirror INDEX REG:PORT/REPO --manifests-only')
    const folder = readdirSync(scene.folder).find(
      name =>
        name.startsWith('manifests-') &&
        scene.read(`${name}/mapping.txt`).includes(`${b.host}/olm/olm-demo-index`),
    )
    renameSync(scene.path(folder ?? 'no folder of manifests'), scene.path('manifests'))
    assert.deepEqual(await tagsAt(b.url, 'olm/olm-demo-index'), [])
    await type('mirrorform apply --mapping MANIFESTS/mapping.txt', {
      more: ['--yes', '--state', 'mapped.state.json'],
    })
    assert.equal(await digestAt(b.url, 'olm/olm-demo-index:v1'), index.manifest.digest)
    await type('mirrorform image mirror -f MANIFESTS/mapping.txt -a SECRET', {
      more: ['--filter-by-os=.*', '--state', 'mapped.state.json'],
    })
    await type('mirrorform adm migrate icsp FILE --dest-dir DIR')
    const [set = ''] = readdirSync(scene.path('sets'))
    assert.match(scene.read(`sets/${set}`), /kind: ImageDigestMirrorSet/)

    await type('mirrorform adm catalog mirror INDEX file:///local/index -a SECRET')
    const far = catalogScene(t, a.host, `docker://${b.host}/olm`)
    renameSync(scene.path('v2'), far.path('v2'))
    far.write('pull-secret.json', NO_LOGINS)
    const closed = ['quay.io', 'registry.example.com']
    writeFileSync(`${far.root}/registries.conf`, registriesConf('127.0.0.1:1', closed))
    await type('mirrorform adm catalog mirror file://local/index/NS/NAME:TAG REG:PORT/REPO -a SECRET', {
      at: far,
    })
    assert.equal(await digestAt(b.url, 'olm/local-index-olm-demo-index:v1'), index.manifest.digest)
    const [written] = policiesIn(far)
    assert.match(written?.[0] ?? '', / = quay\.io\/acme\/proxy$/)
    await type('mirrorform adm catalog mirror REG:PORT/INDEX REG:PORT/REPO --manifests-only', {
      at: far,
      words: { 'REG:PORT/INDEX': `${b.host}/olm/local-index-olm-demo-index:v1` },
    })
    assert.deepEqual(policiesIn(far), [written, written])
    finish()
  })

  test('the lines for a catalog that oc has mirrored take over what is there', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/filled`)
    const { type, finish } = typist(scene, PROCEDURES.catalogFilledByOc, {
      INDEX,
      'REG/REPO': `${b.host}/filled`,
      M: 'manifests',
    })
    await type('mirrorform adm catalog mirror INDEX REG/REPO', { more: ['--state', 'oc.state.json'] })
    await type('mirrorform adm catalog mirror INDEX REG/REPO --manifests-only --to-manifests=M')
    const taken = await type('mirrorform import --mapping M/mapping.txt --to docker://REG/REPO')
    assert.match(taken.output, /\d+ images?/)
    const again = await scene.run([
      'adm',
      'catalog',
      'mirror',
      INDEX,
      `${b.host}/filled`,
      '--insecure',
      '--dry-run',
    ])
    assert.match(again.stdout, /No blobs to copy|No changes/, again.output)
    finish()
  })
})

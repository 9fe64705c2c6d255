/** Command lines of oc-mirror v2, as its documentation has them: to disk, from disk, between registries, dry. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parseReference } from '../../lib/oci/reference.ts'
import { catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { IMAGE_SET } from '../../testdata/mirror-scene.ts'
import { writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import { ocMirrorRun } from '../../testdata/oc-mirror-run.ts'
import { pushToServer } from '../../testdata/push.ts'
import { createSigner } from '../../testdata/release-signing.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const [, gadget] = DEMO_OPERATORS
const TLS = ['--src-tls-verify=false', '--dest-tls-verify=false']

describe('with docker-registry and skopeo', {
  skip: skipWithout('docker-registry', 'skopeo'),
  concurrency: 2,
}, () => {
  let source: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[source, site] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await publishCatalog(source.url, CATALOG, sketchCatalog())
    await pushToServer(source.url, 'acme/app', '1', buildImage({ seed: 'app' }))
  })
  after(() => Promise.all([source.close(), site.close()]))

  function nearSide(t: Parameters<typeof catalogScene>[0], name: string) {
    const scene = catalogScene(t, source.host, `docker://${site.host}/${name}`)
    const want = (...images: readonly string[]) =>
      scene.write(
        IMAGE_SET,
        JSON.stringify({
          apiVersion: 'mirror.openshift.io/v2alpha1',
          kind: 'ImageSetConfiguration',
          mirror: {
            operators: [{ catalog: CATALOG, packages: [{ name: 'gadget' }] }],
            additionalImages: images.map(image => ({ name: image })),
          },
        }),
      )
    want('quay.io/acme/app:1')
    return { scene, want }
  }

  /** Where oc-mirror v2 puts them. */
  function expected(name: string): readonly string[] {
    const references = Object.values(bundleReferences(gadget, '0.2.0')).map(parseReference)
    return [
      `${name}/olm/demo-index:v1`,
      `${name}/acme/app:1`,
      ...references.map(
        ({ path: place, tag, digest }) => `${name}/${place}:${tag ?? digest?.replace(':', '-')}`,
      ),
    ]
  }

  test('what is mirrored to disk arrives from disk where oc-mirror puts it; a second disc brings only what is new', async t => {
    const { scene, want } = nearSide(t, 'ns')
    const out = await scene.run(['mirror', '-c', IMAGE_SET, 'file://disc', '--v2', ...TLS])
    assert.equal(out.code, 0, out.output)
    assert.match(
      out.stderr,
      /The same with mirrorform:\n {2}mkdir -p disc\/working-dir\n {2}mirrorform plan -c imageset\.yaml --to file:\/\/disc\/archive-1/,
    )
    const same = await scene.run(['mirror', '-c', IMAGE_SET, 'file://disc', '--v2', ...TLS])
    assert.equal(same.code, 0, same.output)
    assert.deepEqual(readdirSync(scene.path('disc')).sort(), ['archive-1', 'working-dir'])

    const far = cliWorkspace(t)
    const closed = ['registry.example.com', 'quay.io', source.host]
    writeFileSync(
      path.join(far.root, 'registries.conf'),
      closed.map(host => `[[registry]]\nlocation = "${host}"\nblocked = true\n`).join(''),
    )
    far.write(IMAGE_SET, scene.read(IMAGE_SET))
    const carry = (from: string) => {
      rmSync(far.path('disc'), { recursive: true, force: true })
      cpSync(scene.path(from), far.path('disc'), { recursive: true })
    }
    const arrive = () =>
      far.run([
        'mirror',
        '-c',
        IMAGE_SET,
        '--from',
        'file://disc',
        `docker://${site.host}/ns`,
        '--v2',
        ...TLS,
      ])
    const early = await arrive()
    assert.match(early.stderr, /there is no folder disc/)
    assert.deepEqual(readdirSync(far.folder), [IMAGE_SET])
    carry('disc')
    const arrived = await arrive()
    assert.equal(arrived.code, 0, arrived.output)
    for (const place of expected('ns')) await rawDigest(far, `docker://${site.host}/${place}`)
    const resources = readdirSync(far.path('disc/working-dir/cluster-resources'))
    assert.ok(
      resources.some(name => name.startsWith('idms')),
      resources.join(),
    )

    await pushToServer(source.url, 'acme/app', '2', buildImage({ seed: 'app two' }))
    want('quay.io/acme/app:1', 'quay.io/acme/app:2')
    far.write(IMAGE_SET, scene.read(IMAGE_SET))
    const next = await scene.run(['mirror', '-c', IMAGE_SET, 'file://disc', ...TLS])
    assert.equal(next.code, 0, next.output)
    assert.match(next.stdout, /Archive 2 for .*: 1 added/)
    carry('disc')
    rmSync(far.path('disc/archive-1'), { recursive: true })
    const second = await arrive()
    assert.equal(second.code, 0, second.output)
    await rawDigest(far, `docker://${site.host}/ns/acme/app:2`)
    await rawDigest(far, `docker://${site.host}/ns/acme/app:1`)
  })

  test('between registries the same is there as by disk, cluster resources in the workspace, and a dry run writes no state', async t => {
    const { scene, want } = nearSide(t, 'direct')
    const line = ['mirror', '-c', IMAGE_SET, '--workspace', 'file://w', scene.target, '--v2', ...TLS]
    scene.write('w/working-dir/cluster-resources/idms-oc-mirror.yaml', 'written by oc-mirror\n')
    const dry = await scene.run([...line, '--dry-run'])
    assert.equal(dry.code, 0, dry.output)
    assert.match(scene.read('w/working-dir/dry-run/mapping.txt'), /acme\/app/)
    assert.deepEqual(readdirSync(scene.folder).sort(), [IMAGE_SET, 'w'])
    const down = line.map(word => (word === scene.target ? 'docker://127.0.0.1:1/direct' : word))
    const failed = await scene.run([...down, '--retry-times', '0'])
    assert.match(failed.stderr, /Nothing was written there: it is in w\/working-dir\/cluster-resources again/)
    assert.deepEqual(readdirSync(scene.path('w/working-dir')).sort(), ['cluster-resources', 'dry-run'])
    const done = await scene.run([...line, '--retry-delay', '1s', '--parallel-images', '2'])
    assert.equal(done.code, 0, done.output)
    assert.match(done.stderr, /--retry-delay has no effect: pauses grow/)
    for (const place of expected('direct')) await rawDigest(scene, `docker://${site.host}/${place}`)
    const resources = 'w/working-dir/cluster-resources'
    assert.equal(scene.read(`${resources}-of-oc-mirror/idms-oc-mirror.yaml`), 'written by oc-mirror\n')
    assert.match(scene.read(`${resources}/idms-oc-mirror.yaml`), /ImageDigestMirrorSet/)

    want()
    const less = await scene.run(line)
    assert.equal(less.code, 0, less.output)
    await rawDigest(scene, `docker://${site.host}/direct/acme/app:1`)
  })

  test('an archive that oc-mirror itself has written arrives by the same line', async t => {
    const signer = await createSigner('Test Releases')
    const run = await ocMirrorRun(signer)
    const far = cliWorkspace(t, {
      OCP_SIGNATURE_VERIFICATION_PK: 'key.asc',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    })
    far.write('key.asc', signer.armoredPublicKey)
    far.write(IMAGE_SET, run.imageSet)
    await writeV2Archive(far.path('disc'), run.cache, { workingDir: run.workingDir })
    const line = ['mirror', '-c', IMAGE_SET, '--from', 'file://disc', `docker://${site.host}/theirs`, '--v2']
    const arrived = await far.run([...line, '--dest-tls-verify=false'])
    assert.equal(arrived.code, 0, arrived.output)
    for (const [place, { manifest }] of run.published) {
      const digest = await rawDigest(far, `docker://${site.host}/theirs/${place}`)
      // A filtered catalog is made anew: the same bundles, other bytes.
      if (!place.startsWith('olm/')) assert.equal(digest, manifest.digest, place)
    }
  })
})

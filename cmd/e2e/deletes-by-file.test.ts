/** Deletes that a file names: by `plan --delete`, and by the two steps of oc-mirror's `delete`. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { destinationKey } from '../../lib/target.ts'
import { type CatalogScene, catalogScene, publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf, IMAGE_SET, PLAIN_HTTP, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { releaseScene, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const DELETES = 'deletes.yaml'

describe('with docker-registry', { skip: skipWithout('docker-registry'), concurrency: 2 }, () => {
  let source: DockerRegistry
  let target: DockerRegistry
  before(async () => {
    ;[source, target] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await publishCatalog(source.url, CATALOG, sketchCatalog())
    for (const name of ['app', 'tool']) await pushToServer(source.url, name, '1', buildImage({ seed: name }))
  })
  after(() => Promise.all([source.close(), target.close()]))

  async function mirrored(t: Parameters<typeof catalogScene>[0], name: string): Promise<CatalogScene> {
    const scene = catalogScene(t, source.host, `docker://${target.host}/${name}`)
    const channels = [{ name: 'stable', minVersion: '1.2.0' }]
    const packages = [{ name: 'widget', channels }, { name: 'gadget' }]
    const additionalImages = [{ name: `${source.host}/app:1` }, { name: `${source.host}/tool:1` }]
    write(scene, IMAGE_SET, 'ImageSetConfiguration', {
      mirror: { operators: [{ catalog: CATALOG, packages }], additionalImages },
    })
    await scene.apply()
    return scene
  }

  function write(scene: CatalogScene, file: string, kind: string, rest: object): void {
    scene.write(file, JSON.stringify({ apiVersion: 'mirror.openshift.io/v2alpha1', kind, ...rest }))
  }

  const held = (scene: CatalogScene) =>
    decodeState(scene.read(STATE), STATE).images.map(({ destination, origins }) => ({
      name: destinationKey(destination).replace(/^[^/]*\//, ''),
      origins,
    }))

  const tagsOf = async (scene: CatalogScene, repository: string): Promise<readonly string[]> => {
    const place = `${scene.target.replace(`docker://${target.host}/`, '')}/${repository}`
    const answer = await fetch(`${target.url}/v2/${place}/tags/list`)
    const { tags }: { tags?: string[] | null } = answer.ok ? JSON.parse(await answer.text()) : {}
    return tags ?? []
  }

  test('plan --delete takes a package away, leaves what another bundle shares, and asks no source', async t => {
    const scene = await mirrored(t, 'planned')
    const before = held(scene)
    write(scene, DELETES, 'DeleteImageSetConfiguration', {
      delete: {
        operators: [{ catalog: CATALOG, packages: [{ name: 'widget' }, { name: 'nothing' }] }],
        additionalImages: [{ name: `${source.host}/app:1` }],
      },
    })
    scene.write('../registries.conf', '[[registry]]\nprefix = "*.example.com"\nblocked = true\n')
    const placed = ['--to', scene.target, '--state', STATE, ...PLAIN_HTTP]
    const refused = await scene.run(['plan', '--delete', '-c', DELETES, ...placed])
    assert.match(refused.stderr, /would delete 5 of 10 owned images[\s\S]*--allow-mass-delete/)
    const asked = ['--allow-mass-delete', '--json', '-o', 'deletes.plan.json', '--detailed-exitcode']
    const planned = await scene.run(['plan', '--delete', '-c', DELETES, ...placed, ...asked])
    assert.equal(planned.code, 3, planned.output)
    const document = JSON.parse(planned.stdout)
    assert.deepEqual(actionsOf(document), { adopt: 1, delete: 5 })
    const notes = document.notes.join('\n')
    assert.match(notes, /nothing in the state is there for package nothing of/)
    assert.match(notes, /1 image of what is named stays[^\n]*acme\/proxy:1\.2 \(bundle gadget\.v0\.2\.0/)
    assert.match(notes, /the catalog registry\.example\.com\/olm\/demo-index:v1 stays as it is/)

    const applied = await scene.run(['apply', 'deletes.plan.json', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    const left = held(scene)
    assert.equal(left.length, before.length - 5)
    const proxy = left.find(({ name }) => name === 'acme/proxy:1.2')
    assert.deepEqual(
      proxy?.origins.map(origin => (origin.kind === 'bundle' ? origin.bundle : origin.kind)),
      ['gadget.v0.2.0'],
    )
    assert.deepEqual(await tagsOf(scene, 'app'), [])
    assert.deepEqual(await tagsOf(scene, 'tool'), ['1'])
    assert.deepEqual(await tagsOf(scene, 'acme/widget'), [])
    assert.deepEqual(await tagsOf(scene, 'olm/demo-index'), ['v1'])
    const again = await scene.run(['plan', '--delete', '-c', DELETES, ...placed, '--detailed-exitcode'])
    assert.equal(again.code, 0, again.output)
  })

  test('delete --generate writes plan and list, and the list deletes exactly that', async t => {
    const scene = await mirrored(t, 'listed')
    write(scene, DELETES, 'DeleteImageSetConfiguration', {
      delete: { additionalImages: [{ name: `${source.host}/app:1` }, { name: `${source.host}/tool:1` }] },
    })
    const place = [scene.target, '--v2', '--state', STATE, '--dest-tls-verify=false']
    const made = ['--generate', '-c', DELETES, '--workspace', 'file://w', '--delete-id', 'one']
    const generated = await scene.run([
      'delete',
      ...made,
      ...place,
      '--allow-mass-delete',
      '--delete-signatures',
    ])
    assert.equal(generated.code, 0, generated.output)
    assert.match(generated.stderr, /mirrorform plan --delete -c deletes\.yaml --to docker:/)
    assert.match(generated.stderr, /--delete-signatures has no effect: signatures always go/)
    const list = scene.read('w/working-dir/delete/delete-images-one.yaml')
    const bare = scene.target.replace('docker://', '')
    assert.equal(
      list,
      [
        'apiVersion: mirror.openshift.io/v2alpha1',
        'kind: DeleteImageList',
        'items:',
        ...['app', 'tool'].flatMap(name => [
          `- imageName: ${source.host}/${name}:1`,
          `  imageReference: docker://${bare}/${name}:1`,
          '  type: generic',
        ]),
        '',
      ].join('\n'),
    )
    assert.equal(scene.read('w/working-dir/delete/delete-imageset-config-one.yaml'), scene.read(DELETES))

    const file = 'w/working-dir/delete/delete-images-one.yaml'
    const elsewhere = await scene.run(['delete', '--delete-yaml-file', file, `docker://${target.host}`])
    assert.match(elsewhere.stderr, /is for docker:\/\/.*\/listed, not for/)
    const done = await scene.run(['delete', '--delete-yaml-file', file, ...place])
    assert.equal(done.code, 0, done.output)
    assert.match(done.stderr, /mirrorform apply w\/working-dir\/delete\/delete-images-one\.plan\.json/)
    assert.deepEqual([await tagsOf(scene, 'app'), await tagsOf(scene, 'tool')], [[], []])
  })

  test("a list of oc-mirror's own deletes what of it is ours, and names what is not", async t => {
    const scene = await mirrored(t, 'foreign')
    const bare = scene.target.replace('docker://', '')
    await pushToServer(target.url, 'foreign/other', '1', buildImage({ seed: 'of somebody else' }))
    const items = ['app', 'other'].map(name => ({
      imageName: `quay.io/acme/${name}:1`,
      imageReference: `docker://${bare}/${name}:1`,
      type: 'generic',
    }))
    write(scene, 'delete-images.yaml', 'DeleteImageList', { items })
    const listed = ['delete', '--delete-yaml-file', 'delete-images.yaml', '--force-cache-delete']
    const done = await scene.run([...listed, scene.target, '--state', STATE, '--dest-tls-verify=false'])
    assert.equal(done.code, 0, done.output)
    assert.match(done.output, /foreign\/other:1 is not in the state: it is not ours, and\s+stays/)
    assert.match(done.stderr, /--force-cache-delete has no effect/)
    assert.deepEqual([await tagsOf(scene, 'app'), await tagsOf(scene, 'other')], [[], ['1']])
  })

  test('what something else asks for by the time the list is applied stays, and so does what the mirror file protects', async t => {
    const scene = await mirrored(t, 'later')
    const file = 'w/working-dir/delete/delete-images.yaml'
    const place = [scene.target, '--dest-tls-verify=false', '--allow-mass-delete']
    write(scene, DELETES, 'DeleteImageSetConfiguration', {
      delete: { additionalImages: [{ name: `${source.host}/app:1` }, { name: `${source.host}/tool:1` }] },
    })
    scene.write(
      'mirrorform.yaml',
      JSON.stringify({
        apiVersion: 'mirrorform.dev/v1alpha1',
        kind: 'Mirror',
        imageSets: [IMAGE_SET],
        targets: [{ name: 'site', to: scene.target, state: STATE }],
        policies: { protect: ['**/tool'] },
      }),
    )
    const generate = ['delete', '--generate', '-c', DELETES, '--workspace', 'file://w/working-dir', ...place]
    const generated = await scene.run(generate)
    assert.equal(generated.code, 0, generated.output)
    assert.match(generated.stderr, /mkdir -p w\/working-dir\/delete\n.* --target site /)
    assert.deepEqual(scene.read(file).match(/imageReference.*/g)?.length, 1)

    const text = scene.read(STATE)
    const wish = `{"kind":"additionalImage","name":"${source.host}/app:1"}`
    const state = JSON.parse(text)
    const app = state.images.find(({ source: from }: { source: string }) => from.endsWith('/app:1'))
    assert.equal(JSON.stringify(app.origins), `[${wish}]`)
    app.origins.push({ kind: 'sample', name: 'app' })
    scene.write(STATE, JSON.stringify(state))
    const done = await scene.run(['delete', '--delete-yaml-file', file, ...place.slice(0, 2)])
    assert.equal(done.code, 4, done.output)
    assert.match(done.output, /app:1 is asked for by\s+sample app since the plan was made/)
    assert.deepEqual([await tagsOf(scene, 'app'), await tagsOf(scene, 'tool')], [['1'], ['1']])
  })

  test('an old release goes by channel and range; components that a newer one shares stay under its tags', async t => {
    const series = buildSeries({ versions: ['4.16.0', '4.16.2'], components: 3, changed: 1 })
    const releases = await releaseSource(source)
    await releases.push(...series)
    const scene = await releaseScene(t, releases, `docker://${target.host}/ocp`)
    await scene.publish('stable-4.16', series)
    scene.wantPlatform({ channels: [{ name: 'stable-4.16', full: true }] })
    await scene.apply()
    await scene.graphs.close()
    const channels = [{ name: 'stable-4.16', maxVersion: '4.16.1' }]
    const file = { kind: 'DeleteImageSetConfiguration', delete: { platform: { graph: true, channels } } }
    scene.write(DELETES, JSON.stringify(file))
    const placed = ['--to', scene.target, '--state', STATE, ...PLAIN_HTTP, '--allow-mass-delete']
    const done = await scene.run(['apply', '--delete', '-c', DELETES, ...placed, '--yes'])
    assert.equal(done.code, 0, done.output)
    assert.match(done.stdout, /nothing in the state is there for the update graph data/)
    assert.match(done.stdout, /: 4 deleted\./)
    const tags = ['', '-cli', '-etcd', '-installer'].map(name => `4.16.2-x86_64${name}`)
    const answers = await Promise.all(
      ['release-images', 'release'].map(name => fetch(`${target.url}/v2/ocp/openshift/${name}/tags/list`)),
    )
    const left: { tags: string[] }[] = await Promise.all(
      answers.map(async each => JSON.parse(await each.text())),
    )
    assert.deepEqual(left.flatMap(each => each.tags).toSorted(), tags)
    const verified = await scene.run(['verify', '--deep', ...placed.slice(0, -1)])
    assert.equal(verified.code, 0, verified.output)
  })
})

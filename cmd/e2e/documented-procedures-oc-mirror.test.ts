/** The pages of docs/migrate about oc-mirror v1 and v2, line by line, with docker-registry and skopeo. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { after, before, describe, type TestContext, test } from 'node:test'
import { publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { type Typist, typist } from '../../testdata/documented-lines.ts'
import { PROCEDURES } from '../../testdata/documented-procedures.ts'
import { buildImage } from '../../testdata/images.ts'
import { v1ArchiveFiles, writeTar } from '../../testdata/oc-mirror-archives.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, releaseScene, releaseSource, tagsAt } from '../../testdata/release-scene.ts'
import { buildRelease } from '../../testdata/releases.ts'
import { type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const NAMES = ['one', 'two', 'three', 'four', 'five', 'six']

describe('with docker-registry and skopeo', {
  skip: skipWithout('docker-registry', 'skopeo'),
  concurrency: 2,
}, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    for (const name of NAMES) await pushToServer(a.url, `acme/${name}`, 'v1', buildImage({ seed: name }))
    await publishCatalog(a.url, 'registry.example.com/olm/demo-index:v1', sketchCatalog())
  })
  after(() => Promise.all([a.close(), b.close()]))

  const imageSet = (version: string, ...names: readonly string[]) =>
    [
      `apiVersion: mirror.openshift.io/${version}\nkind: ImageSetConfiguration\nmirror:\n  additionalImages:`,
      ...names.map(name => `    - name: ${a.host}/acme/${name}:v1`),
      '',
    ].join('\n')

  interface Scene extends Typist {
    readonly near: CliWorkspace
    readonly far: CliWorkspace
  }

  /** Two sides of a gap; REG/NS is in the far one. */
  function scene(t: TestContext, lines: readonly string[], namespace: string): Scene {
    const [near, far] = [cliWorkspace(t), cliWorkspace(t)]
    const words = {
      'registry.example:5000/mirror': `${b.host}/${namespace}-mirror`,
      'REG/NS': `${b.host}/${namespace}`,
      'REG-NS': `${b.host.replace(':', '-')}-${namespace}`,
      DIR: 'disc',
      DISC: 'disc',
      W: 'w',
    }
    return { near, far, ...typist(near, lines, words) }
  }

  const carry = ({ near, far }: Scene) => cpSync(near.path('disc'), far.path('disc'), { recursive: true })
  const isMirrored = (place: string) => digestAt(b.url, place).then(digest => digest !== undefined)

  test('the lines of the page about oc-mirror v1 mirror between registries, to disk and from disk', async t => {
    const here = scene(t, PROCEDURES.ocMirrorV1, 'v1')
    const { near, far, type, finish } = here
    await type('mirrorform init')
    rmSync(near.path('imageset.yaml'))
    near.write('imageset-config.yaml', imageSet('v1alpha2', 'one'))
    await type('mirrorform validate imageset-config.yaml')
    await type(
      'mirrorform plan -c imageset-config.yaml --to docker://registry.example:5000/mirror -o mirror.plan.json',
    )
    await type('mirrorform apply mirror.plan.json')
    await rawDigest(near, `docker://${b.host}/v1-mirror/acme/one:v1`)
    await type('mirrorform migrate -c imageset-config.yaml -o imageset.yaml')
    assert.match(near.read('imageset.yaml'), /v2alpha1/)

    near.write('isc.yaml', imageSet('v1alpha2', 'one', 'two'))
    await type('mirrorform plan -c isc.yaml --to file://DIR --for docker://REG/NS -o p.json')
    await type('mirrorform apply p.json')
    const shown = await type('mirrorform archive inspect DIR')
    assert.match(shown.stdout, /v1/)
    carry(here)
    const there = { at: far }
    await type('mirrorform plan --from file://DIR --to docker://REG/NS -o p.json', there)
    await type('mirrorform apply p.json', there)
    assert.ok(await isMirrored('v1/acme/two:v1'))

    const carried = { 'carried/by-v1:7': buildImage({ seed: 'by v1' }) }
    await writeTar(far.path('mirror_seq1_000000.tar'), v1ArchiveFiles(carried))
    await type('mirrorform plan --from mirror_seq1_000000.tar --to docker://REG/NS -o p.json', {
      ...there,
      more: ['--state', 'by-v1.state.json'],
    })
    await type('mirrorform apply p.json', there)
    assert.ok(await isMirrored('v1/carried/by-v1:7'))

    far.write('isc.yaml', imageSet('v1alpha2', ...NAMES))
    const planned = await type('mirrorform plan -c isc.yaml --to docker://REG/NS', there)
    assert.match(planned.stdout, /4 to add/)
    await type('mirrorform plan -c isc.yaml --to docker://REG/NS -o p.json', there)
    await type('mirrorform apply p.json', there)
    await type('mirrorform resources --state REG-NS.state.json', there)
    far.write('isc.yaml', imageSet('v1alpha2', ...NAMES.slice(1)))
    await type(
      'mirrorform plan -c isc.yaml --to docker://REG/NS --export-pruning-plan pruning-plan.json',
      there,
    )
    assert.match(far.read('pruning-plan.json'), /acme\/one/)
    finish()
  })

  test('the lines of the page about oc-mirror v2 mirror to disk, from disk, between registries, and delete', async t => {
    const here = scene(t, PROCEDURES.ocMirrorV2, 'v2')
    const { near, far, type, finish } = here
    for (const side of [near, far]) side.write('isc.yaml', imageSet('v2alpha1', ...NAMES.slice(0, 5)))
    await type('mirrorform mirror -c isc.yaml file://DISC')
    carry(here)
    const there = { at: far }
    await type('mirrorform mirror -c isc.yaml --from file://DISC docker://REG/NS', there)
    assert.ok(await isMirrored('v2/acme/five:v1'))

    far.write('isc.yaml', imageSet('v2alpha1', ...NAMES))
    const mirroring = 'mirrorform mirror -c isc.yaml --workspace file://W docker://REG/NS'
    await type(`${mirroring} --dry-run`, there)
    assert.deepEqual(await tagsAt(b.url, 'v2/acme/six'), [])
    await type(mirroring, there)
    assert.ok(readdirSync(far.path('w/working-dir/cluster-resources')).some(name => name.startsWith('itms')))

    far.write('disc.yaml', deleteSet('six'))
    await type('mirrorform delete --generate -c disc.yaml --workspace file://W docker://REG/NS', there)
    await type(
      'mirrorform delete --delete-yaml-file W/working-dir/delete/delete-images.yaml docker://REG/NS',
      there,
    )
    assert.equal(await isMirrored('v2/acme/six:v1'), false)
    await rawDigest(far, `docker://${b.host}/v2/acme/five:v1`)
    finish()
  })

  test("the same in mirrorform's own commands", async t => {
    const here = scene(t, PROCEDURES.ocMirrorV2InOurWords, 'own')
    const { near, far, type, finish } = here
    for (const side of [near, far]) side.write('isc.yaml', imageSet('v2alpha1', ...NAMES.slice(0, 5)))
    near.write('disc/working-dir/.keep', '')
    await type(
      'mirrorform plan -c isc.yaml --to file://DISC/archive-1 --for docker://any-registry.invalid --state DISC/working-dir/mirrorform.state.json --skip-deletes -o mirror.plan.json',
    )
    await type('mirrorform apply mirror.plan.json')
    carry(here)
    const there = { at: far }
    await type(
      'mirrorform plan -c isc.yaml --from file://DISC/archive-1 --to docker://REG/NS --skip-deletes --resources DISC/working-dir/cluster-resources -o mirror.plan.json',
      there,
    )
    await type('mirrorform apply mirror.plan.json --resources DISC/working-dir/cluster-resources', there)
    assert.ok(existsSync(far.path('disc/working-dir/cluster-resources')))
    assert.ok(await isMirrored('own/acme/five:v1'))

    far.write('isc.yaml', imageSet('v2alpha1', ...NAMES))
    far.write('w/working-dir/.keep', '')
    const planned = await type('mirrorform plan -c isc.yaml --to docker://REG/NS', there)
    assert.match(planned.stdout, /1 to add/)
    await type(
      'mirrorform plan -c isc.yaml --to docker://REG/NS --skip-deletes --resources W/working-dir/cluster-resources -o mirror.plan.json',
      there,
    )
    await type('mirrorform apply mirror.plan.json --resources W/working-dir/cluster-resources', there)
    rmSync(far.path(`${b.host.replace(':', '-')}-own.state.json`))
    const imported = await type('mirrorform import -c isc.yaml --to docker://REG/NS', there)
    assert.match(imported.output, /6/)
    far.write('disc.yaml', deleteSet('six'))
    await type('mirrorform plan --delete -c disc.yaml --to docker://REG/NS -o deletes.plan.json', there)
    await type('mirrorform apply deletes.plan.json', there)
    assert.equal(await isMirrored('own/acme/six:v1'), false)
    finish()
  })

  function deleteSet(name: string): string {
    const image = `${a.host}/acme/${name}:v1`
    return `apiVersion: mirror.openshift.io/v2alpha1\nkind: DeleteImageSetConfiguration\ndelete:\n  additionalImages:\n    - name: ${image}\n`
  }

  test('the lines that list releases and operators list them', async t => {
    const source = await releaseSource(a)
    const here = await releaseScene(t, source, `docker://${b.host}/lists`)
    await here.publish('stable-4.16', [buildRelease({ version: '4.16.3', components: { etcd: 'etcd' } })])
    const forArm64 = { version: '4.16.5', architecture: 'arm64', components: {} } as const
    await here.publish('stable-4.16', [buildRelease(forArm64)])
    const index = `${a.host}/olm/demo-index:v1`
    const words = {
      INDEX: index,
      NAME: 'widget',
      CHANNEL: 'stable',
      'registry.redhat.io/redhat/redhat-operator-index:v4.16': index,
    }
    const { type, finish } = typist(here, PROCEDURES.lists, words)
    assert.match((await type('mirrorform list releases --channel stable-4.16')).stdout, /4\.16\.3/)
    const forArm = await type('mirrorform list releases --channel stable-4.16 --arch arm64')
    assert.match(forArm.stdout, /4\.16\.5/)
    assert.match((await type('mirrorform list releases --version 4.16')).stdout, /stable-4\.16/)
    assert.match((await type('mirrorform list operators --catalog INDEX')).stdout, /widget/)
    assert.match((await type('mirrorform list operators --catalog INDEX --package NAME')).stdout, /stable/)
    const versions = await type('mirrorform list operators --catalog INDEX --package NAME --channel CHANNEL')
    assert.match(versions.stdout, /\d+\.\d+\.\d+/)
    await type('mirrorform list operators --catalog registry.redhat.io/redhat/redhat-operator-index:v4.16')
    finish()
  })
})

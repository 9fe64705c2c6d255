/**
 * Enclaves behind an enterprise registry, with real registries: what an enclave wants is read at the enterprise by its
 * original name, when nothing else can be reached any more.
 */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { type EnclaveScene, enclaveScene, startEnclaveRegistries } from '../../testdata/enclave-scene.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildCosignSignature, buildImage, buildMultiArch, bytesFromSeed } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt } from '../../testdata/release-scene.ts'
import { copyOut, rawDigest } from '../../testdata/skopeo.ts'

const app = buildMultiArch({ seed: 'app' })
const next = buildImage({ layers: [{ the: 'next one' }] })
const pinned = buildImage({ seed: 'pinned' })
const signature = buildCosignSignature(app.manifest.digest)
const PINNED = `quay.io/team/pinned@${pinned.manifest.digest}`

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let internet: DockerRegistry
  let enterprise: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[internet, enterprise, site] = await startEnclaveRegistries()
  })
  after(() => Promise.all([internet.close(), enterprise.close(), site.close()]))

  /** What the enclaves ask for is less than what the enterprise has. */
  function chain(scene: EnclaveScene, name: string): void {
    scene.write('all.yaml', imageSetText(['quay.io/team/app:1', 'quay.io/team/rolling:latest', PINNED]))
    scene.write('some.yaml', imageSetText(['quay.io/team/app:1', 'quay.io/team/rolling:latest', PINNED]))
    scene.topology(
      { name: 'enc2', to: `docker://${site.host}/${name}-2`, via: 'enc1', imageSets: ['some.yaml'] },
      { name: 'enterprise', to: `docker://${enterprise.host}/${name}/ent`, imageSets: ['all.yaml'] },
      { name: 'enc1', to: `docker://${site.host}/${name}-1`, via: 'enterprise', imageSets: ['some.yaml'] },
    )
  }

  test('what the internet gave the enterprise goes on to an enclave and the next when the internet is gone', async t => {
    const source = await startDockerRegistry()
    t.after(() => source.close())
    const rolling = buildImage({ seed: 'rolling' })
    for (const [name, tag, image] of [
      ['team/app', '1', app],
      ['team/app', signature.tag, signature],
      ['team/rolling', 'latest', rolling],
      ['team/pinned', 'x', pinned],
    ] as const)
      await pushToServer(source.url, name, tag, image)
    const scene = enclaveScene(t, source.host, ['quay.io'])
    chain(scene, 'chain')
    await scene.apply('enterprise')
    await pushToServer(source.url, 'team/rolling', 'latest', next)
    await source.close()
    scene.cut()

    const planned = await scene.at('plan', 'enc1', '-o', 'enc1.plan.json')
    assert.equal(planned.code, 0, planned.output)
    assert.match(
      planned.stdout,
      /images are read at enterprise \(docker:\/\/\S+\/chain\/ent\) and nowhere else/,
    )
    const applied = await scene.run(['apply', 'enc1.plan.json', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    await scene.apply('enc2')
    assert.equal(await digestAt(site.url, 'chain-1/team/app:1'), app.manifest.digest)
    assert.equal(await digestAt(site.url, 'chain-1/team/rolling:latest'), rolling.manifest.digest)
    const at = `docker://${site.host}/chain-2/team`
    for (const [name, digest] of [
      ['app:1', app.manifest.digest],
      [`app:${signature.tag}`, signature.manifest.digest],
      ['rolling:latest', rolling.manifest.digest],
      [`pinned@${pinned.manifest.digest}`, pinned.manifest.digest],
    ] as const)
      assert.equal(await rawDigest(scene, `${at}/${name}`), digest, name)
    await copyOut(scene, `${at}/app:1`, scene.path('copy'))
    const verified = await scene.at('verify', 'enc2', '--deep')
    assert.equal(verified.code, 0, verified.output)

    assert.deepEqual(
      scene.state('enc2').images.map(({ source: name }) => name),
      ['quay.io/team/app:1', PINNED, 'quay.io/team/rolling:latest'],
    )
    const resources = await scene.run(['resources', '--target', 'enc2', '-o', 'cluster'])
    assert.equal(resources.code, 0, resources.output)
    const mirrors = scene.read('cluster/itms-oc-mirror.yaml')
    assert.match(mirrors, /source: quay\.io\/team/)
    assert.ok(!mirrors.includes(enterprise.host), mirrors)
  })

  test('after a tag moved, the enclave follows once the enterprise has followed', async t => {
    const scene = enclaveScene(t, internet.host, ['quay.io'])
    const rolling = buildImage({ seed: 'rolling' })
    await pushToServer(internet.url, 'team/app', '1', app)
    await pushToServer(internet.url, 'team/pinned', 'x', pinned)
    await pushToServer(internet.url, 'team/rolling', 'latest', rolling)
    chain(scene, 'moving')
    const first = await scene.run(['apply', '--all', '--yes', ...PLAIN_HTTP])
    assert.equal(first.code, 0, first.output)
    await pushToServer(internet.url, 'team/rolling', 'latest', next)
    const early = await scene.at('plan', 'enc1', '--detailed-exitcode')
    assert.equal(early.code, 0, early.output)

    const planned = await scene.run(['plan', '--all', '--detailed-exitcode', '-o', 'plans', ...PLAIN_HTTP])
    assert.equal(planned.code, 2, planned.output)
    assert.deepEqual(readdirSync(scene.path('plans')).sort(), [
      'enc1.plan.json',
      'enc2.plan.json',
      'enterprise.plan.json',
    ])
    assert.match(
      planned.stdout,
      /enterprise +1 to move, [\s\S]*enc1 +via enterprise +before enterprise is applied: nothing to do/,
    )
    const second = await scene.run(['apply', '--all', '--yes', '--json', ...PLAIN_HTTP])
    assert.equal(second.code, 0, second.output)
    const { targets } = JSON.parse(second.stdout)
    assert.deepEqual(
      targets.map(({ name, result }: { name: string; result: { summary: { done: number } } }) => [
        name,
        result.summary.done,
      ]),
      [
        ['enterprise', 1],
        ['enc1', 1],
        ['enc2', 1],
      ],
    )
    const place = `docker://${site.host}/moving-2/team/rolling:latest`
    assert.equal(await rawDigest(scene, place), next.manifest.digest)
  })

  test('internet, disc, enterprise, disc, enclave, by the names of one file: in the second round only what moved is carried', async t => {
    const base = bytesFromSeed('base', 300_000)
    const rolling = (version: string) =>
      buildImage({ layers: [base, bytesFromSeed(`rolling ${version}`, 5000)] })
    await pushToServer(internet.url, 'disc/app', '1', app)
    await pushToServer(internet.url, 'disc/rolling', 'latest', rolling('1'))
    const [near, hub, far] = [0, 1, 2].map(() => enclaveScene(t, internet.host, ['quay.io'])) as [
      EnclaveScene,
      EnclaveScene,
      EnclaveScene,
    ]
    for (const scene of [near, hub, far]) {
      scene.write('set.yaml', imageSetText(['quay.io/disc/app:1', 'quay.io/disc/rolling:latest']))
      scene.topology(
        { name: 'enterprise', to: `docker://${enterprise.host}/disc`, imageSets: ['set.yaml'] },
        { name: 'enc1', to: `docker://${site.host}/disc`, via: 'enterprise', imageSets: ['set.yaml'] },
      )
    }
    for (const scene of [hub, far]) scene.cut()
    near.block(enterprise.host, site.host)
    hub.block(site.host)
    far.block(enterprise.host)

    /** @returns how many images a disc has, and its bytes */
    async function carry(from: EnclaveScene, to: EnclaveScene, name: string, target: string) {
      const disc = ['--to', `file://${from.path(name)}`, '--for', target]
      const written = await from.run(['apply', ...disc, '--yes', '--json', ...PLAIN_HTTP])
      assert.equal(written.code, 0, written.output)
      cpSync(from.path(name), to.path(`${name} here`), { recursive: true })
      await to.apply(target, '--from', `file://${to.path(`${name} here`)}`)
      const { summary } = JSON.parse(written.stdout) as { summary: { done: number } }
      return { images: summary.done, bytes: statSync(from.path(name, 'mirrorform-000001.tar')).size }
    }

    for (const [round, images, holdsBase] of [
      ['1', 2, true],
      ['2', 1, false],
    ] as const) {
      await pushToServer(internet.url, 'disc/rolling', 'latest', rolling(round))
      for (const disc of [
        await carry(near, hub, `disc ${round}`, 'enterprise'),
        await carry(hub, far, `second disc ${round}`, 'enc1'),
      ]) {
        assert.equal(disc.images, images)
        assert.equal(disc.bytes > base.length, holdsBase, `${disc.bytes} bytes`)
      }
      const at = `docker://${site.host}/disc/disc`
      assert.equal(await rawDigest(far, `${at}/rolling:latest`), rolling(round).manifest.digest)
      assert.equal(await rawDigest(far, `${at}/app:1`), app.manifest.digest)
    }
  })
})

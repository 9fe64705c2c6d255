/** Archives on the command line, with real registries: written on one side of a gap, imported on the other. */
import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { FAR_STATE, gapScene, NEAR_STATE } from '../../testdata/gap-scene.ts'
import { buildCosignSignature, buildImage, buildMultiArch, bytesFromSeed } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { copyOut, rawDigest } from '../../testdata/skopeo.ts'

const base = { layers: [bytesFromSeed('base', 3_000_000)] }
const app = buildImage(base)
const next = buildImage({ layers: [...base.layers, { new: 'layer' }] })
const tool = buildMultiArch({ seed: 'tool' })
const signature = buildCosignSignature(app.manifest.digest)

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let source: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[source, site] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(source.url, 'app', '1', app)
    await pushToServer(source.url, 'app', signature.tag, signature)
    await pushToServer(source.url, 'other', '1', app)
    await pushToServer(source.url, 'tool', '1', tool)
  })
  after(() => Promise.all([source.close(), site.close()]))

  test('what is shipped arrives, without the near side reaching the target or the far side the source', async t => {
    const scene = gapScene(t, `docker://${site.host}/first`, [source.host])
    scene.want(`${source.host}/app:1`, `${source.host}/other:1`, `${source.host}/tool:1`)
    const plan = await scene.planShipment('one')
    assert.equal(plan.summary.add, 3)
    const shown = await scene.near.run(['show', 'shipment.plan.json'])
    assert.match(shown.stdout, /mirrorform will write an archive for 127\.0\.0\.1:\d+\/first to /)
    const shipped = await scene.ship()
    assert.equal(shipped.code, 0, shipped.output)
    assert.match(shipped.stdout, /Archive 1 for .*: 3 added/)
    assert.match(scene.near.read(NEAR_STATE), /"shippedIn":"sha256:/)
    assert.deepEqual(readdirSync(scene.disc('one')).sort(), ['archive.json', 'mirrorform-000001.tar'])

    scene.carry('one')
    const planned = await scene.planImport(['one'])
    assert.equal(planned.summary.add, 3)
    const received = await scene.receive()
    assert.equal(received.code, 0, received.output)
    for (const name of ['app', 'other', 'tool'])
      assert.equal(
        await rawDigest(scene.far, `docker://${site.host}/first/${name}:1`),
        await rawDigest(scene.near, `docker://${source.host}/${name}:1`),
      )
    assert.equal(
      await rawDigest(scene.far, `docker://${site.host}/first/app:${signature.tag}`),
      signature.manifest.digest,
    )
    const verified = await scene.far.run([
      'verify',
      '--deep',
      '--to',
      scene.target,
      '--state',
      FAR_STATE,
      ...PLAIN_HTTP,
    ])
    assert.equal(verified.code, 0, verified.output)

    const again = await scene.planImport(['one'])
    assert.deepEqual(again.changes, [])
    assert.equal((await scene.receive()).code, 0)
    const confirmed = await scene.confirm()
    assert.equal(confirmed.code, 0, confirmed.output)
    assert.doesNotMatch(scene.near.read(NEAR_STATE), /shippedIn/)
  })

  test('a second round after one tag moved ships only the difference', async t => {
    const scene = gapScene(t, `docker://${site.host}/second`, [source.host])
    await pushToServer(source.url, 'rolling', 'latest', app)
    scene.want(`${source.host}/rolling:latest`, `${source.host}/tool:1`)
    await scene.write('one')
    scene.carry('one')
    await scene.planImport(['one'])
    assert.equal((await scene.receive()).code, 0)
    await pushToServer(source.url, 'rolling', 'latest', next)
    const plan = await scene.planShipment('two')
    assert.equal(plan.summary.move, 1)
    assert.equal((await scene.ship()).code, 0)
    const size = statSync(path.join(scene.disc('two'), 'mirrorform-000001.tar')).size
    assert.ok(size < 100_000, `${size}`)
    scene.carry('two')
    const planned = await scene.planImport(['two'])
    assert.deepEqual([planned.summary.move, planned.summary.keep], [1, 1])
    const received = await scene.receive()
    assert.equal(received.code, 0, received.output)
    assert.equal(
      await rawDigest(scene.far, `docker://${site.host}/second/rolling:latest`),
      next.manifest.digest,
    )
  })

  test('an image that is no longer wanted is deleted on the far side, by a plan that says so', async t => {
    const scene = gapScene(t, `docker://${site.host}/dropping`, [source.host])
    const [one, two] = [`${source.host}/app:1`, `${source.host}/tool:1`]
    scene.want(one, two)
    await scene.write('one')
    scene.carry('one')
    assert.equal((await scene.arrive(['one'])).code, 0)
    scene.want(one)
    await scene.write('two')
    scene.carry('two')
    const plan = await scene.planImport(['two'])
    assert.deepEqual([plan.summary.delete, plan.summary.keep], [1, 1])
    const received = await scene.receive()
    assert.equal(received.code, 0, received.output)
    await assert.rejects(rawDigest(scene.far, `docker://${site.host}/dropping/tool:1`))
    const confirmed = await scene.confirm()
    assert.equal(confirmed.code, 0, confirmed.output)
    assert.match(
      confirmed.stdout.replaceAll(/\s+/g, ' '),
      /1 image confirmed, 0 taken into .*, 0 lost, 0 on the way/,
    )
  })

  test('a far side is named by a target of the mirror file, and a state says what is on its way', async t => {
    const scene = gapScene(t, `docker://${site.host}/named`, [source.host])
    scene.want(`${source.host}/app:1`)
    const targets = `targets:\n  - name: enc1\n    to: ${scene.target}\n    state: near.state.json\n`
    const head = 'apiVersion: mirrorform.dev/v1alpha1\nkind: Mirror\nimageSets: [imageset.yaml]\n'
    scene.near.write('mirrorform.yaml', head + targets)
    const to = ['--to', `file://${scene.disc('disc')}`, '--for', 'enc1', '--yes']
    const written = await scene.near.run(['apply', ...to, ...PLAIN_HTTP])
    assert.equal(written.code, 0, written.output)
    const listed = await scene.near.run(['state', 'list', '--state', 'near.state.json'])
    assert.match(listed.stdout, /1 image shipped in archive 1, not confirmed yet/)
    scene.carry('disc')
    const plan = await scene.planImport(['disc'])
    assert.equal(plan.summary.add, 1)
  })

  test('internet, disc, enterprise, disc, enclave: digests are the same at the end, and each step reaches only what it should', async t => {
    const [internet, enterprise, enclave] = await Promise.all([
      startDockerRegistry(),
      startDockerRegistry(),
      startDockerRegistry(),
    ])
    t.after(() => Promise.all([internet.close(), enterprise.close(), enclave.close()]))
    await pushToServer(internet.url, 'app', '1', app)
    await pushToServer(internet.url, 'tool', '1', tool)
    const names = ['app', 'tool'].map(name => `${internet.host}/${name}:1`)
    const digests = [app, tool].map(({ manifest }) => manifest.digest)

    const first = gapScene(t, `docker://${enterprise.host}/ent`, [internet.host])
    first.want(...names)
    await first.write('first')
    await internet.close()
    first.carry('first')
    assert.equal((await first.arrive(['first'])).code, 0)

    const second = gapScene(t, `docker://${enclave.host}/enc`, [internet.host, enterprise.host])
    second.want(...names)
    const rule = `[[registry]]\nprefix = "${internet.host}"\nlocation = "${enterprise.host}/ent"\n`
    writeFileSync(path.join(second.near.root, 'registries.conf'), rule)
    await second.write('second')
    await enterprise.close()
    second.carry('second')
    const arrived = await second.arrive(['second'])
    assert.equal(arrived.code, 0, arrived.output)
    for (const [at, name] of ['app', 'tool'].entries())
      assert.equal(await rawDigest(second.far, `docker://${enclave.host}/enc/${name}:1`), digests[at])
  })

  test('a second round over both discs, after one tag moved, carries only the difference each time', async t => {
    const enclave = await startDockerRegistry()
    t.after(() => enclave.close())
    const first = gapScene(t, `docker://${site.host}/chain`, [source.host])
    const second = gapScene(t, `docker://${enclave.host}/chain`, [source.host, site.host])
    const rule = `[[registry]]\nprefix = "${source.host}"\nlocation = "${site.host}/chain"\n`
    writeFileSync(path.join(second.near.root, 'registries.conf'), rule)
    for (const [round, image] of [
      ['one', app],
      ['two', next],
    ] as const) {
      await pushToServer(source.url, 'chained', 'latest', image)
      for (const scene of [first, second]) {
        scene.want(`${source.host}/chained:latest`, `${source.host}/tool:1`)
        await scene.write(round)
        scene.carry(round)
        const arrived = await scene.arrive([round])
        assert.equal(arrived.code, 0, arrived.output)
        assert.match(arrived.stdout, round === 'one' ? /2 added/ : /1 moved/)
      }
    }
    for (const scene of [first, second]) {
      const { size } = statSync(path.join(scene.disc('two'), 'mirrorform-000001.tar'))
      assert.ok(size < 100_000, `${size}`)
    }
    const arrived = await rawDigest(second.far, `docker://${enclave.host}/chain/chained:latest`)
    assert.equal(arrived, next.manifest.digest)
  })

  test('skopeo reads an archive of one volume', async t => {
    const scene = gapScene(t, `docker://${site.host}/skopeo`, [source.host])
    scene.want(`${source.host}/app:1`)
    await scene.write('disc')
    const volume = path.join(scene.disc('disc'), 'mirrorform-000001.tar')
    assert.equal(await rawDigest(scene.near, `oci-archive:${volume}:skopeo/app:1`), app.manifest.digest)
    await copyOut(scene.near, `oci-archive:${volume}:skopeo/app:1`, scene.near.path('out'))
    assert.ok(readdirSync(scene.near.path('out')).includes('manifest.json'))
  })
})

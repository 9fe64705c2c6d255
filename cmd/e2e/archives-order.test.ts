/**
 * Archives that come in another order than they were written in, late, or never: what can be done is done, what is missing
 * is named, and the near side learns of it.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { FAR_STATE, type GapScene, gapScene, NEAR_STATE } from '../../testdata/gap-scene.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { mirrorScene, PLAIN_HTTP, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { rawDigest } from '../../testdata/skopeo.ts'
import type { TestEnd } from '../../testdata/temp.ts'

const shared = bytesFromSeed('shared', 400_000)
const app = buildImage({ seed: 'app' })
const library = buildImage({ layers: [shared] })
const service = buildImage({ layers: [shared, { service: '1' }] })

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let source: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[source, site] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(source.url, 'app', '1', app)
    await pushToServer(source.url, 'library', '1', library)
    await pushToServer(source.url, 'service', '1', service)
  })
  after(() => Promise.all([source.close(), site.close()]))

  /** Three archives, of which the first and the third arrive: the third counts on a layer in the second. */
  async function withoutTheSecond(t: TestEnd, prefix: string): Promise<GapScene> {
    const scene = gapScene(t, `docker://${site.host}/${prefix}`, [source.host])
    const images = ['app', 'library', 'service'].map(name => `${source.host}/${name}:1`)
    for (const [at, disc] of ['one', 'two', 'three'].entries()) {
      scene.want(...images.slice(0, at + 1))
      await scene.write(disc)
      scene.carry(disc)
    }
    const arrived = await scene.arrive(['one'])
    assert.equal(arrived.code, 0, arrived.output)
    return scene
  }

  const shortNames = (list: readonly { readonly destination: { readonly repository: string } }[]) =>
    list.map(({ destination }) => destination.repository.split('/').at(-1))

  test('the third archive before the second does what it can, and the second brings the rest', async t => {
    const scene = await withoutTheSecond(t, 'order')
    const plan = await scene.planImport(['three'])
    assert.deepEqual(shortNames(plan.missing ?? []), ['library', 'service'])
    assert.deepEqual(
      plan.missing?.map(({ shippedIn }) => shippedIn),
      [[2], [2]],
    )
    const shown = await scene.far.run(['show', 'import.plan.json'])
    assert.match(shown.stdout, /service:1\n.*shipped in archive 2/)
    const received = await scene.receive()
    assert.equal(received.code, 4, received.output)
    assert.match(received.stdout, /2 images could not be brought, because content is missing/)
    await assert.rejects(rawDigest(scene.far, `docker://${site.host}/order/service:1`))

    const second = await scene.planImport(['two'])
    assert.deepEqual(
      second.changes.map(({ action }) => action),
      ['add'],
    )
    assert.match(second.notes.join(), /archive 3 was imported already/)
    assert.equal((await scene.receive()).code, 0)
    const third = await scene.planImport(['three'])
    assert.deepEqual([third.summary.add, third.summary.keep, third.missing], [1, 2, undefined])
    assert.equal((await scene.receive()).code, 0)
    assert.equal(await rawDigest(scene.far, `docker://${site.host}/order/service:1`), service.manifest.digest)
    assert.equal((await scene.confirm()).code, 0)
    assert.doesNotMatch(scene.near.read(NEAR_STATE), /shippedIn/)
  })

  test('archives that are there together are one source', async t => {
    const scene = await withoutTheSecond(t, 'together')
    const plan = await scene.planImport(['three', 'two'])
    assert.deepEqual([plan.summary.add, plan.missing], [2, undefined])
    assert.deepEqual(
      plan.from?.map(source => ('record' in source ? source.record?.number : undefined)),
      [3, 2],
    )
    const received = await scene.receive()
    assert.equal(received.code, 0, received.output)
  })

  test('a shopping list brings what was lost with a disc, whatever the near side believes', async t => {
    const scene = await withoutTheSecond(t, 'lost')
    const from = ['--from', `file://${scene.carry('three')}`, '--to', scene.target, '--state', FAR_STATE]
    const listed = await scene.far.run(['plan', ...from, '--shopping-list', 'list.json', ...PLAIN_HTTP])
    assert.match(listed.stderr, /Shopping list with 2 images in list\.json: carry it to where/)
    scene.near.write('list.json', scene.far.read('list.json'))
    const shipment = await scene.planShipment('four', '--shopping-list', 'list.json')
    assert.deepEqual(shortNames(shipment.changes.map(({ image }) => image)), ['library', 'service'])
    assert.equal((await scene.ship()).code, 0)
    scene.carry('four')
    const plan = await scene.planImport(['four'])
    assert.deepEqual([plan.summary.add, plan.summary.keep, plan.missing], [2, 1, undefined])
  })

  test('a receipt confirms what arrived, gives up what did not, and waits for what is on its way', async t => {
    const scene = await withoutTheSecond(t, 'receipts')
    assert.equal((await scene.arrive(['three'])).code, 4)
    const confirmed = await scene.confirm()
    assert.equal(confirmed.code, 0, confirmed.output)
    assert.match(
      confirmed.stdout.replaceAll(/\s+/g, ' '),
      /1 image confirmed, 0 taken into .*, 1 lost, 1 on the way/,
    )
    const state = decodeState(scene.near.read(NEAR_STATE), NEAR_STATE)
    assert.deepEqual(shortNames(state.images), ['app', 'library'])
    const plan = await scene.planShipment('four')
    assert.deepEqual(shortNames(plan.changes.map(({ image }) => image)), ['service'])
    const careful = await scene.planShipment('five', '--assume', 'none')
    assert.deepEqual(shortNames(careful.changes.map(({ image }) => image)), ['library', 'service'])
  })

  test('a plan against a receipt needs no state', async t => {
    const scene = await withoutTheSecond(t, 'against')
    scene.near.write('receipt.json', scene.far.read('site.receipt.json'))
    const to = ['--to', `file://${scene.disc('six')}`, '--against', 'receipt.json', '-o', 'six.plan.json']
    const planned = await scene.near.run([
      'plan',
      '-c',
      'imageset.yaml',
      ...to,
      '--state',
      'new.state.json',
      ...PLAIN_HTTP,
    ])
    assert.equal(planned.code, 0, planned.output)
    assert.match(planned.stdout, /2 to add, 1 unchanged/)
    const applied = await scene.near.run(['apply', 'six.plan.json', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    scene.carry('six')
    const plan = await scene.planImport(['six'])
    assert.deepEqual([plan.summary.add, plan.missing], [2, undefined])
    assert.equal((await scene.receive()).code, 0)
    const far = decodeState(scene.far.read(FAR_STATE), FAR_STATE)
    assert.deepEqual(
      far.archives?.map(({ number }) => number),
      [1, 2],
    )
  })

  test('a site that was filled directly joins in with its receipt', async t => {
    const target = `docker://${site.host}/direct`
    const direct = mirrorScene(t, target)
    direct.want(`${source.host}/app:1`, `${source.host}/library:1`)
    await direct.apply('--receipt', 'direct.receipt.json')
    const scene = gapScene(t, target, [source.host])
    scene.near.write('direct.receipt.json', direct.read('direct.receipt.json'))
    scene.far.write(FAR_STATE, direct.read(STATE))
    scene.want(...['app', 'library', 'service'].map(name => `${source.host}/${name}:1`))
    const shipment = await scene.planShipment('disc', '--against', 'direct.receipt.json')
    assert.deepEqual(shortNames(shipment.changes.map(({ image }) => image)), ['service'])
    const shipped = await scene.ship()
    assert.equal(shipped.code, 0, shipped.output)
    scene.carry('disc')
    const arrived = await scene.arrive(['disc'])
    assert.equal(arrived.code, 0, arrived.output)
    assert.equal(
      await rawDigest(scene.far, `docker://${site.host}/direct/service:1`),
      service.manifest.digest,
    )

    await scene.planShipment('nothing')
    const nothing = await scene.ship()
    assert.match(nothing.stdout, /^No archive was written for .*: nothing to do\./)
    assert.ok(!existsSync(scene.disc('nothing')))
  })

  test('an older archive never brings back what a newer one deleted, nor what was not asked for in it', async t => {
    const scene = gapScene(t, `docker://${site.host}/back`, [source.host])
    scene.want(`${source.host}/app:1`, `${source.host}/library:1`)
    await scene.write('one')
    scene.want(`${source.host}/library:1`, `${source.host}/service:1`)
    await scene.write('two')
    for (const disc of ['one', 'two']) scene.carry(disc)
    for (const disc of ['one', 'two']) assert.equal((await scene.arrive([disc])).code, 0)
    const again = await scene.planImport(['one'])
    assert.deepEqual(again.changes, [])
    scene.far.write('imageset.yaml', imageSetText([`${source.host}/app:1`]))
    const asked = await scene.planImport(['one'], '-c', 'imageset.yaml')
    assert.deepEqual(asked.changes, [])
    assert.match(asked.notes.join(), /archive 2 was imported already/)
  })

  test('an older archive brings what the newer one missed, and what the registry lost since', async t => {
    const scene = gapScene(t, `docker://${site.host}/mended`, [source.host])
    scene.want(`${source.host}/app:1`, `${source.host}/library:1`)
    await scene.write('one')
    scene.want(`${source.host}/library:1`, `${source.host}/service:1`)
    await scene.write('two')
    for (const disc of ['one', 'two']) scene.carry(disc)
    assert.equal((await scene.arrive(['two'])).code, 4)
    const older = await scene.planImport(['one'])
    assert.deepEqual(shortNames(older.changes.map(({ image }) => image)), ['library'])
    assert.equal((await scene.receive()).code, 0)
    assert.deepEqual(
      decodeState(scene.far.read(FAR_STATE), FAR_STATE).awaited?.map(({ repository }) => repository),
      ['mended/service'],
    )
    assert.equal((await scene.arrive(['two'])).code, 0)
    assert.equal(decodeState(scene.far.read(FAR_STATE), FAR_STATE).awaited, undefined)

    const place = `${site.url}/v2/mended/library/manifests/${library.manifest.digest}`
    assert.equal((await fetch(place, { method: 'DELETE' })).status, 202)
    await scene.far.run(['refresh', '--state', FAR_STATE, '--to', scene.target, ...PLAIN_HTTP])
    const mended = await scene.planImport(['one'])
    assert.deepEqual(shortNames(mended.changes.map(({ image }) => image)), ['library'])
  })

  test('an image set of its own does not let an older archive move anything back', async t => {
    const scene = gapScene(t, `docker://${site.host}/narrow`, [source.host])
    await pushToServer(source.url, 'rolling', '1', app)
    scene.want(`${source.host}/rolling:1`, `${source.host}/library:1`)
    await scene.write('one')
    await pushToServer(source.url, 'rolling', '1', library)
    await scene.write('two')
    for (const disc of ['one', 'two']) scene.carry(disc)
    scene.far.write('imageset.yaml', imageSetText([`${source.host}/rolling:1`]))
    const both = await scene.arrive(['one', 'two'], '-c', 'imageset.yaml')
    assert.equal(both.code, 0, both.output)
    const place = `docker://${site.host}/narrow/rolling:1`
    assert.equal(await rawDigest(scene.far, place), library.manifest.digest)
    const older = await scene.planImport(['one'], '-c', 'imageset.yaml')
    assert.deepEqual(older.changes, [])
    assert.match(older.notes.join(), /archive 2 was imported already/)
    scene.far.write('imageset.yaml', imageSetText([`${source.host}/app:1`]))
    const unasked = await scene.arrive(['one'], '-c', 'imageset.yaml')
    assert.match(unasked.stderr, /\/app:1 is not in [\s\S]*the near side did not ask for it/)
  })
})

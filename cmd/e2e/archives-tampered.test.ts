/**
 * Archives that somebody changed on the way, on the command line: the plan inside, the plan files beside, volumes that were
 * exchanged or cut short. What was signed says for all of it what it was; nothing of it gets to the target.
 */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { gapScene, IMPORT, NEAR_STATE, SHIPMENT } from '../../testdata/gap-scene.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const NAMES = ['team/app-0', 'team/app-1', 'team/app-2']

async function gap(t: TestEnd) {
  const [source, site] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  for (const name of NAMES)
    await pushToServer(source.url, name, '1', buildImage({ layers: [bytesFromSeed(name, 200_000)] }))
  const scene = gapScene(t, `docker://${site.host}/enc1`, [source.host])
  scene.want(...NAMES.map(name => `${source.host}/${name}:1`))
  const held = async (name: string) =>
    (await fetch(`${site.url}/v2/enc1/${name}/manifests/1`, { method: 'HEAD' })).status === 200
  return { source, scene, held }
}

function unwrapped(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

/** In the same number of bytes, so that nothing else moves. */
function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'latin1')
  assert.ok(text.includes(from) && from.length === to.length)
  writeFileSync(file, text.replaceAll(from, to), 'latin1')
}

test('the plan inside a signed archive is what was signed: a changed one is named, and nothing is planned from it', async t => {
  const { scene, held } = await gap(t)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const key = scene.far.write('ours.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  await scene.write('disc', '--sign-key', scene.near.write('ours.pem', secret))
  const volume = path.join(scene.carry('disc'), 'mirrorform-000001.tar')
  replaceIn(volume, `"statePath": "${NEAR_STATE}"`, `"statePath": "${NEAR_STATE.replace('1', '2')}"`)

  const verified = await scene.far.run(['archive', 'verify', path.dirname(volume), '--verify-key', key])
  assert.equal(verified.code, 1)
  assert.match(
    unwrapped(verified.stdout),
    /damaged: blobs\S+ is damaged: its bytes do not match their digest ! plan archive\.plan\.json 1 of 1 volume cannot be used\./,
  )

  scene.far.write('imageset.yaml', scene.near.read('imageset.yaml'))
  const arrived = await scene.arrive(['disc'], '-c', 'imageset.yaml', '--verify-key', key)
  assert.equal(arrived.code, 1, arrived.output)
  assert.match(unwrapped(arrived.stderr), /do not match their digest/)
  assert.equal(await held('team/app-0'), false)
})

test('a plan that was changed is not carried out, neither where an archive is written nor where it is imported', async t => {
  const { scene, held } = await gap(t)
  await scene.planShipment('disc')
  const shipment = scene.near.read(SHIPMENT)
  scene.near.write(SHIPMENT, shipment.replaceAll('app-0', 'app-9'))
  const changed = /plan\.json was changed after it was made/
  assert.match(unwrapped((await scene.ship()).stderr), changed)
  scene.near.write(SHIPMENT, shipment)
  assert.equal((await scene.ship()).code, 0)
  scene.carry('disc')
  await scene.planImport(['disc'])
  scene.far.write(IMPORT, scene.far.read(IMPORT).replaceAll('app-0', 'app-9'))
  const refused = await scene.receive()
  assert.equal(refused.code, 1)
  assert.match(unwrapped(refused.stderr), changed)
  assert.equal(await held('team/app-1'), false)
})

test('volumes that were exchanged or cut short are named, and come in again once they are as they were', async t => {
  const { scene, held } = await gap(t)
  await scene.planShipment('disc', '--volume-size', '400kB')
  assert.equal((await scene.ship()).code, 0)
  const disc = scene.carry('disc')
  const [first, second, aside] = ['000001.tar', '000002.tar', 'aside'].map(name =>
    path.join(disc, `mirrorform-${name}`),
  ) as [string, string, string]
  for (const [from, to] of [
    [first, aside],
    [second, first],
    [aside, second],
  ] as const)
    renameSync(from, to)
  const verified = await scene.far.run(['archive', 'verify', disc])
  assert.equal(verified.code, 1)
  assert.match(
    unwrapped(verified.stdout),
    /000001\.tar is damaged: .*it is mirrorform-000002\.tar under another/,
  )
  const swapped = await scene.arrive(['disc'], '--retry-times', '0')
  assert.equal(swapped.code, 4, swapped.output)

  scene.carry('disc')
  truncateSync(second, 100_000)
  const cut = await scene.arrive(['disc'], '--retry-times', '0')
  assert.equal(cut.code, 4, cut.output)
  assert.match(unwrapped(cut.stdout), /mirrorform-000002\.tar .*(bytes|damaged)/)

  scene.carry('disc')
  const whole = await scene.arrive(['disc'])
  assert.equal(whole.code, 0, whole.output)
  for (const name of NAMES) assert.equal(await held(name), true, name)
})

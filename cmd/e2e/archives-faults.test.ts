/**
 * What goes wrong with archives, on the command line: volumes that are lost or damaged, wrong keys, archives and receipts of
 * others, runs that are killed, disks that are full. Nothing is believed that is not proved, and nothing is done twice.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { Fault, RecordedRequest } from '../../providers/embedded/index.ts'
import { FAR_STATE, type GapScene, gapScene, NEAR_STATE, SHIPMENT } from '../../testdata/gap-scene.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { RunningCli } from '../../testdata/run-cli.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const IMAGES = Array.from({ length: 4 }, (_, at) => ({
  name: `team/app-${at}`,
  image: buildImage({ layers: [bytesFromSeed(`layer ${at}`, 200_000)] }),
}))
const ONE_BY_ONE = ['--parallel-images', '1', '--parallel-layers', '1']

type OnRequest = (request: RecordedRequest) => Fault | undefined

async function gap(t: TestEnd, faults: { readonly source?: OnRequest; readonly site?: OnRequest } = {}) {
  const source = await startTestRegistry(t, { ...(faults.source && { faults: faults.source }) })
  const site = await startTestRegistry(t, { ...(faults.site && { faults: faults.site }) })
  for (const { name, image } of IMAGES) await pushToServer(source.url, name, '1', image)
  const scene = gapScene(t, `docker://${site.host}/enc1`, [source.host])
  scene.want(...IMAGES.map(({ name }) => `${source.host}/${name}:1`))
  source.clearRequests()
  return { source, site, scene }
}

function keyPair(scene: GapScene, name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const pub = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const side of [scene.near, scene.far]) side.write(`${name}.pub`, pub)
  return { secret: scene.near.write(`${name}.pem`, pem), public: `${name}.pub` }
}

test('a lost volume is named with what is on it, and written again alone, byte for byte', async t => {
  const { scene } = await gap(t)
  await scene.planShipment('disc', '--volume-size', '500kB')
  assert.equal((await scene.ship(...ONE_BY_ONE)).code, 0)
  const disc = scene.disc('disc')
  const good = await scene.near.run(['archive', 'verify', disc])
  assert.match(good.stdout, /^Verified: \d volumes as archive\.json says/)
  const inspected = await scene.near.run(['archive', 'inspect', disc])
  assert.match(inspected.stdout, /4 images, .*\n {2}127\.0\.0\.1:\d+\/enc1\/team\/app-0:1 /)

  const volumes = readdirSync(disc).filter(name => name.endsWith('.tar'))
  const contents = volumes.map(name => readFileSync(path.join(disc, name)))
  rmSync(path.join(disc, 'mirrorform-000002.tar'))
  scene.carry('disc')
  const bad = await scene.near.run(['archive', 'verify', disc])
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /mirrorform-000002\.tar is missing: it is not there\n {2}! .*app-2:1/)
  const arrived = await scene.arrive(['disc'])
  assert.equal(arrived.code, 4, arrived.output)
  assert.match(arrived.stdout, /mirrorform-000002\.tar of file:[^ ]* is missing/)
  assert.match(arrived.stdout, /2 added, 2 failed/)

  rmSync(path.join(disc, 'mirrorform-000001.tar'))
  for (const [at, name] of volumes.slice(0, 2).entries()) {
    const again = ['archive', 'repair', disc, name, '--plan', SHIPMENT, ...PLAIN_HTTP.slice(0, 1)]
    const repaired = await scene.near.run(again)
    assert.equal(repaired.code, 0, repaired.output)
    assert.deepEqual(readFileSync(path.join(disc, name)), contents[at])
  }
  scene.carry('disc')
  const whole = await scene.arrive(['disc'])
  assert.equal(whole.code, 0, whole.output)
  assert.match(whole.stdout, /2 added/)
})

test('a byte that flipped on the medium is found, and never gets to the target', async t => {
  const { scene, site } = await gap(t)
  await scene.write('disc')
  const volume = path.join(scene.disc('disc'), 'mirrorform-000001.tar')
  const { entries } = JSON.parse(readFileSync(path.join(scene.disc('disc'), 'archive.json'), 'utf8'))
  const layer = entries.find((entry: { readonly size: number }) => entry.size > 100_000)
  const bytes = readFileSync(volume)
  const place = layer.parts[0].offset + 5000
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place)
  writeFileSync(volume, bytes)
  const found = await scene.near.run(['archive', 'verify', scene.disc('disc'), '--json'])
  assert.equal(found.code, 1)
  assert.equal(JSON.parse(found.stdout).volumes[0].condition, 'damaged')
  scene.carry('disc')
  const arrived = await scene.arrive(['disc'], '--retry-times', '0')
  assert.equal(arrived.code, 4, arrived.output)
  assert.match(arrived.stdout, /3 added, 1 failed/)
  assert.match(arrived.stdout, /do not\s+match their digest/)
  const [hit = ''] = /team\/app-\d/.exec(arrived.stdout.slice(arrived.stdout.indexOf('1 item failed'))) ?? []
  assert.equal((await fetch(`${site.url}/v2/enc1/${hit}/manifests/1`)).status, 404)
})

test('with a key, only what its owner signed is read: archives on the far side, receipts on the near side', async t => {
  const { scene } = await gap(t)
  const [ours, theirs] = [keyPair(scene, 'ours'), keyPair(scene, 'theirs')]
  await scene.write('disc', '--sign-key', ours.secret)
  scene.carry('disc')
  await scene.planImport(['disc'], '--verify-key', ours.public)
  const wrong = await scene.arrive(['disc'], '--verify-key', theirs.public)
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /is not a signature of archive\.json by\s+the owner/)
  const none = await scene.receive('--sign-key', 'none.pem')
  assert.match(none.stderr, /cannot read private key none\.pem: there is no such file/)
  assert.equal((await scene.receive('--sign-key', ours.secret)).code, 0)

  const receipt = path.join(scene.far.folder, 'site.receipt.json')
  const read = (key: string) =>
    scene.near.run(['receipt', 'import', receipt, '--state', NEAR_STATE, '--verify-key', key])
  assert.match(
    (await read(theirs.public)).stderr,
    /is not a signature of the receipt by\s+the owner of theirs\.pub/,
  )
  assert.equal((await read(ours.public)).code, 0)
  rmSync(`${receipt}.sig`)
  assert.match((await read(ours.public)).stderr, /is not signed/)

  const contents = path.join(scene.disc('disc'), 'archive.json')
  writeFileSync(contents, readFileSync(contents, 'utf8').replaceAll('app-0', 'app-9'))
  scene.carry('disc')
  const tampered = await scene.arrive(['disc'])
  assert.equal(tampered.code, 1)
  assert.match(tampered.stderr, /archive\.json/)
})

test('an archive for another state of the same target, and a receipt of another site, are refused', async t => {
  const { scene, source } = await gap(t)
  await scene.write('disc')
  scene.carry('disc')
  const arrived = await scene.arrive(['disc'])
  assert.equal(arrived.code, 0, arrived.output)
  assert.match(arrived.stdout, /Receipt in site\.receipt\.json/)
  rmSync(scene.near.path(NEAR_STATE))
  scene.want(`${source.host}/team/app-0:1`)
  await scene.write('stranger')
  scene.carry('stranger')
  const before = scene.far.read(FAR_STATE)
  const refused = await scene.arrive(['stranger'])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /was written for another state of\s+docker:\/\/.*: its lineage is/)
  assert.equal(scene.far.read(FAR_STATE), before)
  assert.match((await scene.confirm()).stderr, /belongs to another state of\s+docker:/)

  const edited = scene.far.read('site.receipt.json').replace('/enc1', '/enc2')
  scene.near.write('edited.json', edited)
  const changed = await scene.near.run(['receipt', 'import', 'edited.json', '--state', NEAR_STATE])
  assert.match(changed.stderr, /edited\.json was changed after it was\s+written/)
})

test('killed while it writes an archive, the same plan goes on and reads no finished blob again', async t => {
  let run: RunningCli | undefined
  let left = 3
  const isLayer = ({ method, path }: RecordedRequest): boolean => method === 'GET' && path.includes('/blobs/')
  const { scene, source } = await gap(t, {
    source: request => {
      if (run !== undefined && isLayer(request) && --left === 0) run.kill('SIGKILL')
      return undefined
    },
  })
  await scene.planShipment('disc')
  source.clearRequests()
  run = scene.near.start(['apply', SHIPMENT, ...PLAIN_HTTP, ...ONE_BY_ONE])
  assert.equal((await run.ended).signal, 'SIGKILL')
  run = undefined
  const partial = readFileSync(path.join(scene.disc('disc'), 'archive.partial'), 'utf8')
  const finished = [...partial.matchAll(/"did":"entry","digest":"(sha256:[0-9a-f]+)"/g)].map(
    ([, digest]) => digest,
  )
  assert.ok(finished.length > 0)
  assert.match((await scene.near.run(['archive', 'inspect', scene.disc('disc')])).stderr, /is not finished/)
  source.clearRequests()
  const again = await scene.ship()
  assert.equal(again.code, 0, again.output)
  const asked = source.requests.filter(isLayer).map(request => request.path)
  for (const digest of finished) assert.ok(!asked.some(each => each.endsWith(digest ?? '-')), digest)
  assert.equal((await scene.near.run(['archive', 'verify', scene.disc('disc')])).code, 0)
  const third = await scene.ship()
  assert.equal(third.code, 0, third.output)
  assert.match(third.stdout, /4 already done/)
})

test('killed while it imports, the next import finishes, and a third one finds nothing to do', async t => {
  let run: RunningCli | undefined
  let left = 6
  const { scene } = await gap(t, {
    site: ({ method }) => {
      if (run !== undefined && method === 'PUT' && --left === 0) run.kill('SIGKILL')
      return undefined
    },
  })
  await scene.write('disc')
  scene.carry('disc')
  await scene.planImport(['disc'])
  run = scene.far.start(['apply', 'import.plan.json', ...PLAIN_HTTP, ...ONE_BY_ONE])
  assert.equal((await run.ended).signal, 'SIGKILL')
  run = undefined
  const again = await scene.arrive(['disc'])
  assert.equal(again.code, 0, again.output)
  const same = await scene.receive()
  assert.equal(same.code, 0, same.output)
  assert.match(same.stdout, /4 already done/)
  const third = await scene.planImport(['disc'])
  assert.deepEqual([third.changes, third.summary.keep], [[], 4])
})

test('volumes too small for a manifest, and a folder with another archive, are refused before anything is written', async t => {
  const { scene } = await gap(t)
  const placed = ['-c', 'imageset.yaml', '--to', `file://${scene.disc('small')}`, '--for', scene.target]
  const small = await scene.near.run(['plan', ...placed, '--volume-size', '3kB', ...PLAIN_HTTP])
  assert.equal(small.code, 1)
  assert.match(
    small.stderr.replaceAll(/\s+/g, ' '),
    /volumes of 3000 bytes are too small: the largest manifest has \d+ bytes/,
  )
  assert.equal(existsSync(scene.disc('small')), false)
  await scene.write('disc')
  await scene.planShipment('disc', '--assume', 'none')
  const taken = await scene.ship()
  assert.equal(taken.code, 1)
  assert.match(taken.stderr, /archive/)
  const sizes = await scene.near.run(['plan', '--volume-size', 'huge', ...placed])
  assert.match(sizes.stderr, /--volume-size huge is not a number of bytes/)
})

test('a disc that is full ends the writing in words; with space again the same plan goes on', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mirrorform-small-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'mirrorform-test', folder])
  t.after(() => {
    if (mounted.status === 0) spawnSync('umount', [folder])
    rmdirSync(folder)
  })
  if (mounted.status !== 0) return t.skip('no small file system can be mounted')
  const ballast = path.join(folder, 'ballast')
  let left = 5
  let isArmed = false
  const { scene } = await gap(t, {
    source: ({ method, path }) => {
      if (isArmed && method === 'GET' && path.includes('/blobs/') && --left === 0) {
        const { bavail, bsize } = statfsSync(folder)
        writeFileSync(ballast, Buffer.alloc(bavail * bsize))
      }
      return undefined
    },
  })
  await scene.planShipment(path.join(folder, 'disc'))
  isArmed = true
  const full = await scene.ship(...ONE_BY_ONE)
  assert.equal(full.code, 4, full.output)
  assert.match(full.stdout, /Unfinished archive for/)
  assert.match(full.output, /the disk is full|ENOSPC|no space/i)
  rmSync(ballast)
  const again = await scene.ship()
  assert.equal(again.code, 0, again.output)
  assert.equal((await scene.near.run(['archive', 'verify', path.join(folder, 'disc')])).code, 0)
})

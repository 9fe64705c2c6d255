/**
 * Faults of the wire while images travel: what breaks in passing is got over by itself, with whole and right bytes at
 * the target in the end; what stays wrong fails its own image and nothing else.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../../lib/oci/digest.ts'
import type { Fault, RecordedRequest } from '../../providers/embedded/index.ts'
import { type FaultScene, faultScene } from '../../testdata/fault-scene.ts'
import { allBlobsOf, type Built, buildImage, buildMultiArch, bytesFromSeed } from '../../testdata/images.ts'
import { temporaryFolder } from '../../testdata/temp.ts'

/** Large enough to be streamed, in pieces, in both directions. */
const LAYER = bytesFromSeed('a layer on a bad line', 3 * 1024 * 1024)
const BIG = buildImage({ layers: [LAYER] })
const [LAYER_DIGEST = ''] = [...BIG.blobs].find(([, bytes]) => bytes.length > LAYER.length) ?? []
const SMALL = buildImage({ seed: 'small' })
const IMAGES = { 'team/big:1': BIG, 'team/small:1': SMALL }

/** `--retry-times`, as it is when nobody says. */
const RETRIES = 5

type When = (request: RecordedRequest) => boolean

/** Strikes the first `times` requests that fit. */
function first(times: number, when: When, fault: Fault | (() => Fault)) {
  let left = times
  return (request: RecordedRequest): Fault | undefined =>
    left > 0 && when(request) && left-- > 0 ? (typeof fault === 'function' ? fault() : fault) : undefined
}

const readsLayer: When = ({ method, reference }) => method === 'GET' && reference === LAYER_DIGEST
const sendsLayer: When = ({ method, what, query, headers }) =>
  (method === 'PUT' || method === 'PATCH') &&
  what === 'upload' &&
  Number(headers['content-length']) > 1_000_000 &&
  (method === 'PATCH' || query.includes('digest'))
const anything: When = () => true

async function assertHolds({ target }: FaultScene, repository: string, image: Built): Promise<void> {
  for (const [digest] of allBlobsOf(image)) {
    const answer = await fetch(`${target.url}/v2/mirror/${repository}/blobs/${digest}`)
    assert.equal(digestOf(Buffer.from(await answer.arrayBuffer())), digest)
  }
  const tag = await fetch(`${target.url}/v2/mirror/${repository}/manifests/1`)
  assert.equal(digestOf(Buffer.from(await tag.arrayBuffer())), image.manifest.digest)
}

async function assertMirrored(scene: FaultScene): Promise<void> {
  const { results, failed, done } = await scene.mirror()
  assert.deepEqual([failed, done], [0, 2], JSON.stringify(results))
  await assertHolds(scene, 'team/big', BIG)
  await assertHolds(scene, 'team/small', SMALL)
  assert.equal(await scene.left(), 0)
}

const BUSY: Fault = { do: 'status', status: 500, body: 'upstream went away' }
const DATE = Date.parse('Fri, 20 Nov 2026 10:00:00 GMT')
const inSeconds = (seconds: number): string => new Date(DATE + seconds * 1000).toUTCString()
const untilDate = (seconds: number): Fault => ({
  do: 'status',
  status: 429,
  headers: { date: inSeconds(0), 'retry-after': inSeconds(seconds) },
})

const readsManifest: When = ({ method, what }) => method === 'GET' && what === 'manifest'
const sendsManifest: When = ({ method, what }) => method === 'PUT' && what === 'manifest'
const DAMAGE: Fault = { do: 'corrupt' }

const PASSING: readonly (readonly [string, 'source' | 'target', ReturnType<typeof first>])[] = [
  ['the source answers a burst of 500', 'source', first(4, anything, BUSY)],
  ['the target answers a burst of 500', 'target', first(4, anything, BUSY)],
  ['a layer comes truncated', 'source', first(1, readsLayer, { do: 'truncate', bytes: 1_000_000 })],
  ['a layer comes damaged, five times', 'source', first(5, readsLayer, DAMAGE)],
  ['a manifest comes damaged, four times in a row', 'source', first(4, readsManifest, DAMAGE)],
  ['a layer is damaged on its way to the target, twice', 'target', first(2, sendsLayer, DAMAGE)],
  ['a manifest is damaged on its way to the target', 'target', first(1, sendsManifest, DAMAGE)],
]

for (const [what, side, faults] of PASSING)
  test(`an apply gets over it when ${what}`, async t => {
    await assertMirrored(await faultScene(t, { images: IMAGES, [side]: { faults } }))
  })

/** Bytes of content that passed with the requests that fit. */
function passed(registry: FaultScene['source'], fits: When, way: 'bytesIn' | 'bytesOut'): number {
  return registry.requests.filter(fits).reduce((sum, request) => sum + request[way], 0)
}

const RESET: Fault = { do: 'hang-up', afterBytes: 1_200_000 }

test('a source that resets the connection in the middle of a layer, twice, is read on from there', async t => {
  const scene = await faultScene(t, { images: IMAGES, source: { faults: first(2, readsLayer, RESET) } })
  const { failed, done } = await scene.mirror()
  assert.deepEqual([failed, done], [0, 2])
  const read = passed(scene.source, readsLayer, 'bytesOut')
  assert.ok(read < LAYER.length * 1.2, `${read} bytes were read for a layer of ${LAYER.length}`)
  await assertHolds(scene, 'team/big', BIG)
})

test('a target that resets the connection in the middle of a layer, twice, gets the rest, not all of it again', async t => {
  const scene = await faultScene(t, { images: IMAGES, target: { faults: first(2, sendsLayer, RESET) } })
  const { failed, done } = await scene.mirror()
  assert.deepEqual([failed, done], [0, 2])
  const sent = passed(scene.target, ({ what }) => what === 'upload', 'bytesIn')
  assert.ok(sent < LAYER.length * 1.6, `${sent} bytes were sent for a layer of ${LAYER.length}`)
  await assertHolds(scene, 'team/big', BIG)
})

test('a proxy that answers 413 to a whole layer gets it in smaller pieces', async t => {
  const faults = ({ method, what, headers }: RecordedRequest): Fault | undefined =>
    method !== 'GET' && what === 'upload' && Number(headers['content-length'] ?? 0) > 1_000_000
      ? { do: 'status', status: 413, headers: { 'content-type': 'text/html' }, body: '<html>413</html>' }
      : undefined
  await assertMirrored(await faultScene(t, { images: IMAGES, target: { faults } }))
})

for (const [form, fault] of [
  ['in seconds', { do: 'status', status: 429, headers: { 'retry-after': '7' } }],
  ['as a date', untilDate(7)],
] as const)
  for (const side of ['source', 'target'] as const)
    test(`a ${side} that answers 429 with Retry-After ${form} is left alone for that long, then work goes on`, async t => {
      const faults = first(1, ({ what }) => what === (side === 'source' ? 'blob' : 'upload'), fault)
      const scene = await faultScene(t, { images: IMAGES, [side]: { faults } })
      await assertMirrored(scene)
      assert.ok(Math.max(...scene.pauses) >= 7000, `waited ${scene.pauses}`)
    })

for (const [what, side, faults] of [
  [
    'a source stalls in the middle of a layer',
    'source',
    first(1, readsLayer, { do: 'stall', afterBytes: 1_000_000 }),
  ],
  ['a source never answers', 'source', first(1, ({ what }) => what === 'blob', { do: 'stall' })],
  [
    'a target stalls in the middle of a layer',
    'target',
    first(1, sendsLayer, { do: 'stall', afterBytes: 1_000_000 }),
  ],
] as const)
  test(`${what}: it is given up for lack of progress, and asked again`, async t => {
    const timeouts = { body: 400, headers: 400 }
    await assertMirrored(
      await faultScene(t, { images: IMAGES, [side]: { faults }, client: () => ({ timeouts }) }),
    )
  })

for (const [what, fault] of [
  ['damaged', { do: 'corrupt' }],
  ['too long', { do: 'lengthen', bytes: 5 }],
] as const)
  test(`a layer that is ${what} at the source, always, fails its image alone, and no such blob gets to the target`, async t => {
    let mended = false
    const faults = (request: RecordedRequest) => (!mended && readsLayer(request) ? fault : undefined)
    const scene = await faultScene(t, { images: IMAGES, source: { faults } })
    const { results, failed, done } = await scene.mirror()
    assert.deepEqual([failed, done], [1, 1])
    assert.match(results.map(({ message }) => message).join(), /do not match their digest/)
    assert.ok(scene.source.requests.filter(readsLayer).length <= 1 + RETRIES, 'within the retries')
    await assertHolds(scene, 'team/small', SMALL)
    const blob = await fetch(`${scene.target.url}/v2/mirror/team/big/blobs/${LAYER_DIGEST}`, {
      method: 'HEAD',
    })
    assert.equal(blob.status, 404)
    mended = true
    const again = await scene.mirror()
    assert.deepEqual([again.failed, again.done], [0, 1])
    await assertHolds(scene, 'team/big', BIG)
  })

test('a manifest that is too long is refused while planning', async t => {
  const faults: (request: RecordedRequest) => Fault | undefined = ({ method, what }) =>
    method === 'GET' && what === 'manifest' ? { do: 'lengthen', bytes: 1 } : undefined
  const scene = await faultScene(t, { images: IMAGES, source: { faults } })
  await assert.rejects(scene.plan(), /sha256:/)
})

test('a token that lives 5 seconds ends during every upload, which is made good each time', async t => {
  let clock = 0
  const begun = new Set<string>()
  const slow = ({ method, what, query }: RecordedRequest): Fault | undefined => {
    if (method !== 'PUT' || what !== 'upload' || begun.has(query)) return undefined
    begun.add(query)
    clock += 6000
    return undefined
  }
  const auth = { users: { me: 'secret' }, scheme: 'bearer', tokenLifetime: 5, anonymousPull: true } as const
  const authFile = path.join(temporaryFolder(t), 'auth.json')
  const scene = await faultScene(t, {
    images: IMAGES,
    target: { auth, now: () => clock, faults: slow },
    client: target => {
      const entry = { auth: Buffer.from('me:secret').toString('base64') }
      writeFileSync(authFile, JSON.stringify({ auths: { [target]: entry } }))
      return { authFile }
    },
  })
  const { failed, done } = await scene.mirror({ parallelImages: 1, parallelBlobs: 1 })
  assert.deepEqual([failed, done], [0, 2])
  assert.equal(await scene.left(), 0, 'a token that ran out while reading is renewed too')
  const refused = scene.target.requests.filter(({ method, status }) => method === 'PUT' && status === 401)
  assert.ok(refused.length > 0, 'tokens had run out')
})

for (const uploadLocations of ['relative', 'absolute'] as const)
  test(`uploads go where the registry says: ${uploadLocations} locations, with their query, and HEADs may lack digests`, async t => {
    await assertMirrored(
      await faultScene(t, {
        images: IMAGES,
        source: { headDigest: false },
        target: { uploadLocations, headDigest: false },
      }),
    )
  })

test('tags on a digest are found through pages with opaque links, so that a delete takes none of them along', async t => {
  const tags = ['1', '2', '3', '4', '5', '6'].map(tag => `team/app:${tag}`)
  const scene = await faultScene(t, {
    images: Object.fromEntries(tags.map(tag => [tag, SMALL])),
    target: { pageLinks: 'opaque', allowTagDelete: false },
  })
  assert.equal((await scene.mirror()).done, 6)
  scene.want(...tags.slice(1))
  assert.equal((await scene.mirror()).failed, 0)
  for (const tag of ['2', '6'])
    assert.equal((await fetch(`${scene.target.url}/v2/mirror/team/app/manifests/${tag}`)).status, 200)
  assert.equal(await scene.left(), 0)
})

test('an index whose child the source does not have is refused while planning, by name', async t => {
  const whole = buildMultiArch({ platforms: ['linux/amd64', 'linux/arm64'] })
  const lost = whole.children[1]?.manifest.digest ?? ''
  const faults = ({ reference }: RecordedRequest): Fault | undefined =>
    reference === lost ? { do: 'status', status: 404 } : undefined
  const scene = await faultScene(t, { images: { 'team/multi:1': whole }, source: { faults } })
  await assert.rejects(scene.plan(), new RegExp(`team/multi.*${lost.slice(0, 19)}`, 's'))
  assert.deepEqual(
    scene.target.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
    [],
  )
})

/** What a mirror costs in requests, counted at a server: from nothing, again from the plan's file, and at the source. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { openManifestCache } from '../../providers/cache/manifest-cache.ts'
import { openRegistries } from '../../providers/registry/index.ts'
import { openStateFile } from '../../state/index.ts'
import { buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { applyTo, type MirrorSetup, planFor } from '../../testdata/mirroring.ts'
import { pushToServer } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { parseTarget } from '../target.ts'

const FAMILIES = 3
const MEMBERS = 4
const IMAGES = FAMILIES * MEMBERS
/** A config, two layers of the family, three of its own. */
const BLOBS_EACH = 6
/** Issue 3, "Speed and memory". */
const REQUESTS_PER_BLOB = 2.2

async function families(t: TestContext) {
  const [source, destination] = [await startTestRegistry(t), await startTestRegistry(t)]
  const folder = temporaryFolder(t)
  const address = parseTarget(`docker://${destination.host}/ocp`)
  const registries = await openRegistries({
    env: {},
    home: folder,
    srcTlsVerify: false,
    destTlsVerify: false,
    retries: 0,
    target: address,
  })
  t.after(() => registries.close())
  const setup: MirrorSetup = {
    target: registries.target(address),
    sources: registries.sources,
    store: openStateFile(join(folder, 'mirror.state.json')),
    cache: openManifestCache(join(folder, 'cache')),
  }
  const names: string[] = []
  for (let family = 0; family < FAMILIES; family += 1)
    for (let member = 0; member < MEMBERS; member += 1) {
      const own = ['a', 'b', 'c'].map(layer => ({ [`own/${layer}`]: `${family} ${member} ${layer}` }))
      const layers = [{ base: `system ${family}` }, { base: `runtime ${family}` }, ...own]
      const name = `family-${family}/image-${member}`
      await pushToServer(source.url, name, 'v1', buildImage({ layers, config: { Labels: { name } } }))
      names.push(`${source.host}/${name}:v1`)
    }
  source.clearRequests()
  destination.clearRequests()
  return { source, destination, setup, names }
}

function kindsOf(requests: readonly { readonly method: string; readonly what: string }[]) {
  const kinds: Record<string, number> = {}
  for (const { method, what } of requests) kinds[`${method} ${what}`] = (kinds[`${method} ${what}`] ?? 0) + 1
  return kinds
}

describe('a mirror made from nothing', () => {
  it('asks at most 2.2 requests of the target for each blob there, plan, manifests and all', async t => {
    const { destination, setup, names } = await families(t)
    const plan = await planFor(setup, names)
    const planned = destination.requests.length
    assert.ok(planned <= IMAGES + 6, `${planned} requests to plan ${IMAGES} images`)
    assert.equal((await applyTo(setup, plan, { askedBefore: 1000 })).done, IMAGES)
    const { 'HEAD manifest': heads, 'PUT manifest': puts } = kindsOf(destination.requests)
    assert.deepEqual([heads, puts], [IMAGES, IMAGES])
    const perBlob = destination.requests.length / (IMAGES * BLOBS_EACH)
    assert.ok(perBlob <= REQUESTS_PER_BLOB, `${perBlob} requests for each blob`)
  })

  it('from a saved plan asks once more for each tag, and no more', async t => {
    const { destination, setup, names } = await families(t)
    const plan = await planFor(setup, names)
    destination.clearRequests()
    assert.equal((await applyTo(setup, plan)).done, IMAGES)
    const { 'HEAD manifest': heads, 'HEAD blob': blobs, 'GET tags': tags } = kindsOf(destination.requests)
    assert.deepEqual([heads, blobs, tags], [IMAGES, undefined, undefined])
  })

  it('reads each blob once at the source, and applying reads nothing else there', async t => {
    const { source, setup, names } = await families(t)
    const plan = await planFor(setup, names)
    source.clearRequests()
    await applyTo(setup, plan)
    const read = source.requests.map(({ method, what }) => `${method} ${what}`)
    assert.deepEqual(new Set(read), new Set(['GET blob']))
    assert.equal(read.length, plan.summary.blobsToTransfer)
  })
})

describe('what the target said while planning', () => {
  const [one, two] = ['one', 'two'].map(seed => buildImage({ seed }))
  assert.ok(one && two)
  const NAMES = ['a:1', 'b:1']
  const heads = (target: { counts(): Readonly<Record<string, number>> }) =>
    target.counts()['HEAD manifest'] ?? 0

  it('is not asked again by the same command within a minute', async t => {
    const { plan, apply, target } = memoryMirror(t, { 'a:1': one, 'b:1': two })
    const made = await plan(NAMES)
    target.forgetRequests()
    assert.equal((await apply(made, { askedBefore: 59_999 })).done, 2)
    assert.equal(heads(target), 0)
  })

  it('is asked again after a minute, from a file, and where planning has not asked', async t => {
    for (const choices of [{ askedBefore: 60_000 }, {}, { askedBefore: 0, refresh: false }]) {
      const { plan, apply, target } = memoryMirror(t, { 'a:1': one, 'b:1': two })
      const made = await plan(NAMES, 'refresh' in choices ? { refresh: false } : {})
      target.forgetRequests()
      assert.equal((await apply(made, choices)).done, 2)
      assert.equal(heads(target), 2)
    }
  })

  it('is asked again where another apply has changed the state since', async t => {
    const { plan, apply, target } = memoryMirror(t, { 'a:1': one, 'b:1': two })
    await apply(await plan(['a:1']))
    const made = await plan(NAMES)
    await apply(made)
    target.forgetRequests()
    assert.deepEqual(outcomesOf(await apply(made, { askedBefore: 0 })), ['b:1 add already'])
    assert.equal(heads(target), 1)
  })

  it('lets images be adopted without another question', async t => {
    const { plan, apply, target } = memoryMirror(t, { 'a:1': one, 'b:1': two })
    target.hold('ocp/a', '1', one)
    target.hold('ocp/b', '1', two)
    const made = await plan(NAMES)
    target.forgetRequests()
    assert.deepEqual(outcomesOf(await apply(made, { askedBefore: 0 })), ['a:1 adopt done', 'b:1 adopt done'])
    assert.deepEqual(target.requests, [])
  })

  it('is not relied on for a signature, whose tag somebody else may have written', async t => {
    const { plan, apply, source, target } = memoryMirror(t, { 'a:1': one })
    const signature = buildCosignSignature(one.manifest.digest)
    source.hold('a', signature.tag, signature)
    const made = await plan(['a:1'])
    target.hold('ocp/a', signature.tag, two)
    const result = await apply(made, { askedBefore: 0 })
    assert.deepEqual(outcomesOf(result), ['a:1 add failed'])
    assert.match(result.results[0]?.message ?? '', /changed since the plan was made/)
  })
})

describe('many repositories that nothing is known of', () => {
  const images = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`app-${at}:1`, buildImage({ seed: `app ${at}` })] as const),
  )
  const NAMES = Object.keys(images)

  it('in an empty registry cost one HEAD each, and a listing for a few of them', async t => {
    const { plan, target } = memoryMirror(t, images)
    assert.equal((await plan(NAMES)).summary.add, NAMES.length)
    assert.deepEqual(target.counts(), { 'HEAD abilities': 1, 'HEAD manifest': NAMES.length, 'GET tags': 4 })
  })

  it('are all asked when one of those few is there, so that what they hold is not sent again', async t => {
    const { plan, target } = memoryMirror(t, images)
    for (const [name, image] of Object.entries(images)) target.hold(`ocp/${name.split(':')[0]}`, 'old', image)
    const made = await plan(NAMES)
    assert.equal(target.counts()['GET tags'], NAMES.length)
    assert.deepEqual([made.summary.blobsToTransfer, made.summary.bytesPresent > 0], [0, true])
  })

  it('need no look at the tags of signatures either', async t => {
    const { plan, source, target } = memoryMirror(t, images)
    for (const [name, image] of Object.entries(images)) {
      const signature = buildCosignSignature(image.manifest.digest)
      source.hold(name.split(':')[0] ?? '', signature.tag, signature)
    }
    await plan(NAMES)
    assert.equal(target.counts()['HEAD manifest'], NAMES.length)
  })
})

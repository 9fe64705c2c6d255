/** What an enclave reads, and where: everything at the target before it, by original names, with registries in memory. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { WantedImage } from '../../lib/content/wanted.ts'
import { hintOf, messageOf } from '../../lib/errors.ts'
import type { Origin } from '../../lib/graph/graph.ts'
import { parseTag } from '../../lib/oci/reference.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { openStateFile } from '../../state/index.ts'
import { manifestsInMemory } from '../../testdata/caches-in-memory.ts'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import {
  applyTo,
  changesOf,
  type MirrorSetup,
  type PlanChoices,
  planFor,
  sourcesOf,
  wantedImage,
} from '../../testdata/mirroring.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { enclavePlaces } from './index.ts'

const app = buildMultiArch({ seed: 'app' })
const tool = buildImage({ seed: 'tool' })

/** An internet, an enterprise that mirrors from it, and an enclave behind that. */
function scene(t: TestEnd) {
  const folder = temporaryFolder(t)
  const internet = new MemoryRegistry('src.example')
  const enterprise = new MemoryRegistry('hub.example', { prefix: 'ent', abilities: { sparseIndex: 'yes' } })
  const enclave = new MemoryRegistry('enc.example', { abilities: { sparseIndex: 'yes' } })
  const cache = manifestsInMemory()
  const stores = {
    enterprise: openStateFile(join(folder, 'enterprise.json')),
    enclave: openStateFile(join(folder, 'enclave.json')),
  }
  const first: MirrorSetup = {
    target: enterprise,
    sources: sourcesOf(internet),
    store: stores.enterprise,
    cache,
  }
  async function bringAs(choices: PlanChoices, ...wanted: readonly (string | WantedImage)[]): Promise<void> {
    const { failed } = await applyTo(first, await planFor(first, wanted, choices))
    assert.equal(failed, 0)
    internet.forgetRequests()
    enterprise.forgetRequests()
  }
  const bring = (...wanted: readonly (string | WantedImage)[]) => bringAs({}, ...wanted)
  async function behind(): Promise<MirrorSetup> {
    const loaded = await stores.enterprise.read()
    const { address } = enterprise
    assert.ok(loaded !== undefined && address.kind === 'registry')
    const hop = { name: 'enterprise', address, state: loaded.state }
    const places = enclavePlaces(hop, sourcesOf(enterprise), cache)
    return { ...places, target: enclave, store: stores.enclave }
  }
  async function plan(wanted: readonly (string | WantedImage)[], choices?: PlanChoices): Promise<Plan> {
    return planFor(await behind(), wanted, choices)
  }
  async function mirror(...wanted: readonly (string | WantedImage)[]): Promise<Plan> {
    const setup = await behind()
    const made = await planFor(setup, wanted)
    const { failed } = await applyTo(setup, made)
    assert.equal(failed, 0)
    assert.deepEqual(internet.requests, [])
    assert.ok(enterprise.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
    return made
  }
  return { internet, enterprise, enclave, first, bring, bringAs, plan, mirror }
}

async function refused(work: Promise<unknown>): Promise<{ message: string; hint: string }> {
  const error: unknown = await work.then(
    () => assert.fail('it was planned'),
    cause => cause,
  )
  return { message: messageOf(error), hint: hintOf(error) ?? '' }
}

test('tags, digests, other places and signatures are found by original names, with no request to the source', async t => {
  const { internet, enclave, bring, mirror } = scene(t)
  const signature = buildCosignSignature(app.manifest.digest)
  internet.hold('team/app', '1', app)
  internet.hold('team/app', signature.tag, signature)
  internet.hold('team/tool', '2', tool)
  const pinned = `src.example/team/tool@${tool.manifest.digest}`
  const moved: WantedImage = { ...wantedImage('src.example/team/tool:2'), tag: parseTag('renamed') }
  await bring('src.example/team/app:1', pinned, moved)
  const plan = await mirror('src.example/team/app:1', 'src.example/team/tool:2', pinned)
  assert.deepEqual(
    plan.changes.map(({ image }) => image.source),
    ['src.example/team/app:1', 'src.example/team/tool:2', pinned],
  )
  assert.equal(enclave.content('team/app').tags.get(parseTag('1')), app.manifest.digest)
  assert.equal(enclave.content('team/app').tags.get(signature.tag), signature.manifest.digest)
  assert.equal(enclave.content('team/tool').tags.get(parseTag('2')), tool.manifest.digest)
})

test('a tag follows what the target before holds, not what the source has by now', async t => {
  const { internet, first, bring, mirror, plan } = scene(t)
  internet.hold('team/app', '1', tool)
  await bring('src.example/team/app:1')
  await mirror('src.example/team/app:1')
  internet.hold('team/app', '1', app)
  assert.deepEqual((await plan(['src.example/team/app:1'])).changes, [])
  await applyTo(first, await planFor(first, ['src.example/team/app:1']))
  assert.deepEqual(changesOf(await plan(['src.example/team/app:1'])), ['move team/app:1'])
})

test('a signature that was attached in the registry before goes on too', async t => {
  const { internet, enterprise, enclave, bring, mirror } = scene(t)
  internet.hold('team/app', '1', app)
  await bring('src.example/team/app:1')
  const signature = buildCosignSignature(app.manifest.digest)
  enterprise.hold('ent/team/app', signature.tag, signature)
  await mirror('src.example/team/app:1')
  assert.equal(enclave.content('team/app').tags.get(signature.tag), signature.manifest.digest)
})

test('what is not held is named, all of it at once, although its manifests are still in the cache', async t => {
  const { internet, first, bring, plan } = scene(t)
  internet.hold('team/app', '1', app)
  internet.hold('team/tool', '2', tool)
  await planFor(first, ['src.example/team/tool:2'])
  await bring('src.example/team/app:1')
  const pinned = `src.example/team/tool@${tool.manifest.digest}`
  const { message, hint } = await refused(
    plan(['src.example/team/app:1', 'src.example/team/app:2', 'src.example/team/tool:2', pinned]),
  )
  assert.deepEqual(
    message.split('\n'),
    ['src.example/team/app:2', 'src.example/team/tool:2', pinned].map(
      what =>
        `${what} is not held by enterprise (docker://hub.example/ent), where it would have to come from`,
    ),
  )
  assert.match(hint, /^bring it to enterprise first: mirrorform plan --target enterprise, then apply;[^\n]+$/)
})

test('a tag that the registry has but nobody brought by that name is not taken for the original', async t => {
  const { internet, enterprise, bring, plan } = scene(t)
  internet.hold('team/app', '1', app)
  await bring('src.example/team/app:1')
  enterprise.hold('ent/team/app', '9', tool)
  const { message } = await refused(plan(['src.example/team/app:9']))
  assert.match(message, /^src\.example\/team\/app:9 is not held by enterprise /)
})

test('of an image that came for one platform the others are missed by name', async t => {
  const { internet, bring, plan } = scene(t)
  internet.hold('team/app', '1', app)
  await bring('src.example/team/app:1 linux/amd64')
  const { message, hint } = await refused(plan(['src.example/team/app:1']))
  assert.match(
    message,
    /^src\.example\/team\/app@sha256:\w+ is not held by enterprise, which has only linux\/amd64/,
  )
  assert.match(hint, /^ask for the same platforms here/)
  assert.deepEqual(changesOf(await plan(['src.example/team/app:1 linux/amd64'])), ['add team/app:1'])
})

test('an index that was rewritten on the way is there by its tag, and told by its old digest', async t => {
  const { internet, bringAs, plan } = scene(t)
  internet.hold('team/app', '1', app)
  await bringAs({ platformIndex: 'rewrite' }, 'src.example/team/app:1 linux/amd64')
  const { message, hint } = await refused(plan([`src.example/team/app@${app.manifest.digest}`]))
  assert.match(
    message,
    /^src\.example\/team\/app@sha256:\w+ is not held by enterprise, which made sha256:\w+ of it$/,
  )
  assert.match(hint, /^ask for it by its tag/)
  assert.deepEqual(changesOf(await plan(['src.example/team/app:1'])), ['add team/app:1'])
})

test('what somebody took away behind our back is told as gone from there', async t => {
  const { internet, enterprise, bring, plan } = scene(t)
  internet.hold('team/app', '1', app)
  await bring('src.example/team/app:1')
  const content = enterprise.content('ent/team/app')
  content.manifests.delete(app.manifest.digest)
  const { message, hint } = await refused(plan(['src.example/team/app:1']))
  assert.equal(
    message,
    'src.example/team/app:1 is no longer at hub.example/ent/team/app, where the state of enterprise has it',
  )
  assert.match(hint, /--target enterprise shows what is missing/)
})

test('an image whose home is that very registry is read there by its own name', async t => {
  const { internet, enterprise, enclave, bring, mirror } = scene(t)
  internet.hold('team/app', '1', app)
  await bring('src.example/team/app:1')
  enterprise.hold('own/service', '3', tool)
  await mirror('hub.example/own/service:3')
  assert.equal(enclave.content('own/service').tags.get(parseTag('3')), tool.manifest.digest)
})

test('a catalog goes by the name that its image set gives it, although it was made from a digest', async t => {
  const { internet, bring, plan } = scene(t)
  internet.hold('olm/index', undefined, tool)
  const source = `src.example/olm/index@${tool.manifest.digest}`
  const origins: readonly Origin[] = [{ kind: 'catalog', catalog: 'src.example/olm/index:v1' }]
  await bring({ ...wantedImage(source), tag: parseTag('v1'), origins })
  const { changes } = await plan(['src.example/olm/index:v1'])
  assert.equal(changes[0]?.image.digest, tool.manifest.digest)
  const { message } = await refused(plan(['src.example/olm/index:v2']))
  assert.match(message, /^src\.example\/olm\/index:v2 is not held/)
})

test('the image of graph data is not taken for the one that it was made of', async t => {
  const { internet, bring, plan } = scene(t)
  internet.hold('ubi9/ubi', undefined, tool)
  const base = wantedImage(`src.example/ubi9/ubi@${tool.manifest.digest}`)
  await bring({ ...base, tag: parseTag('latest'), origins: [{ kind: 'graphData' }] })
  const { message } = await refused(plan(['src.example/ubi9/ubi:latest']))
  assert.match(message, /^src\.example\/ubi9\/ubi:latest is not held by enterprise /)
})

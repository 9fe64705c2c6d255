import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { canTellImmutability } from '../../../lib/provider.ts'
import { dialectScene } from '../../../testdata/dialect-scene.ts'
import * as dialects from '../../../testdata/dialects.ts'
import { buildImage } from '../../../testdata/images.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { openProfileFiles } from '../profile/profile-files.ts'
import { openTestTarget, registryError, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'

const [FIRST, SECOND] = [buildImage({ seed: 1 }), buildImage({ seed: 2 })]
const REFUSED = registryError(
  400,
  'TAG_INVALID',
  'the tag cannot be overwritten because the tag is immutable',
)
const NAMES = ['team/app:1', 'team/app:2']

async function movedAt(t: TestEnd, dialect: dialects.Dialect) {
  const scene = await dialectScene(t, dialect)
  for (const name of NAMES) await scene.push(name, FIRST)
  await scene.apply(await scene.plan(NAMES))
  for (const name of NAMES) await scene.push(name, SECOND)
  scene.destination.clearRequests()
  return scene
}

test('a tag that Harbor holds immutable is refused while planning, before anything is sent', async t => {
  const harbor = dialects.harborWith({ projects: ['mirror'], immutable: ['team/app:1'] })
  const { plan, apply, destination } = await movedAt(t, harbor)
  await assert.rejects(plan(NAMES), error => {
    assert.ok(error instanceof Error && 'hint' in error)
    assert.match(error.message, /mirror\/team\/app:1 is immutable \(so says Harbor\): it names sha256:/)
    assert.doesNotMatch(error.message, /app:2/)
    assert.match(String(error.hint), /immutability rules of the project mirror/)
    return true
  })
  assert.ok(destination.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
  const rest = await apply(await plan(NAMES, { exclude: ['team/app:1'] }))
  assert.deepEqual([rest.done, rest.failed], [1, 0])
})

test('a Harbor that does not let its rules be seen is asked once, and its refusal is known from then on', async t => {
  const harbor = dialects.harborWith({
    projects: ['mirror'],
    immutable: ['team/app:1'],
    admits: () => false,
  })
  const { plan, apply, destination } = await movedAt(t, harbor)
  const made = await plan(NAMES)
  assert.equal(destination.requests.filter(request => request.path.startsWith('/api/')).length, 1)
  const result = await apply(made)
  assert.deepEqual([result.done, result.failed], [1, 1])
  await assert.rejects(plan(NAMES), /app:1 is immutable \(a push was refused so before\)/)
})

test('ECR refuses a push to an immutable repository once; the next plan refuses every tag of it', async t => {
  const { plan, apply } = await movedAt(t, dialects.ecr({ immutable: 'repository' }))
  const result = await apply(await plan(NAMES, { exclude: ['team/app:2'] }))
  assert.equal(result.failed, 1)
  await assert.rejects(plan(NAMES), error => {
    assert.ok(error instanceof Error && 'hint' in error)
    assert.match(error.message, /app:1 is immutable .*\n.*app:2 is immutable/)
    assert.match(String(error.hint), /delete "immutableTags" from 127\.0\.0\.1_\d+\.json/)
    return true
  })
})

test('that a tag is immutable is kept in the host’s profile, and forgotten when it is pushed after all', async t => {
  const folder = temporaryFolder(t)
  let isImmutable = true
  const registry = await startScriptedRegistry(t, ({ method }) =>
    method !== 'PUT' ? undefined : isImmutable ? REFUSED : { status: 201 },
  )
  const push = async (tag: string) => {
    const client = await openTestTarget(t, registry.host, 'acme/app', { profiles: openProfileFiles(folder) })
    await client.repository.pushManifest(FIRST.manifest, tag as never, SIGNAL).catch(() => undefined)
    const target = client.access.target(client.address)
    assert.ok(canTellImmutability(target))
    const tags = ['v1', 'v2', 'v3'].map(tag => ({ repository: 'acme/app' as never, tag: tag as never }))
    const told = await target.immutableTags(tags, SIGNAL)
    await client.access.close()
    return told.map(({ destination }) => destination.tag)
  }
  const kept = () => {
    const [file = ''] = readdirSync(path.join(folder, 'hosts'))
    return JSON.parse(readFileSync(path.join(folder, 'hosts', file), 'utf8')).immutableTags
  }
  assert.deepEqual(await push('v2'), ['v2'])
  assert.deepEqual(await push('v1'), ['v1', 'v2'])
  assert.deepEqual(kept(), { 'acme/app': ['v1', 'v2'] })
  isImmutable = false
  assert.deepEqual(await push('v1'), ['v2'])
  assert.deepEqual(await push('v2'), [])
  assert.equal(kept(), undefined)
})

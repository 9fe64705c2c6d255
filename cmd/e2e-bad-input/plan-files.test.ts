/** Plans that are not what was reviewed, or whose world has moved on: only what is still true is carried out. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Fault } from '../../providers/embedded/index.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { ANY_TLS, filesIn, ONCE, type Refusal, refused } from './refusal.ts'
import { changesAt, type Scene, twoRegistries } from './two-registries.ts'

const APPLY = ['apply', 'p.json', '--state', 's.json', ...ANY_TLS, ...ONCE] as const

const NOT_FOUND: Fault = {
  do: 'status',
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN', message: 'repository name not known' }] }),
}

async function planned(t: TestContext): Promise<Scene> {
  const scene = await twoRegistries(t)
  await plan(scene)
  return scene
}

async function plan({ workspace, set }: Scene): Promise<void> {
  const { code, output } = await workspace.run(['plan', ...set, '--state', 's.json', '-o', 'p.json'])
  assert.equal(code, 0, output)
}

async function applyRefused({ workspace, target }: Scene, refusal: Refusal): Promise<void> {
  await refused(workspace, APPLY, refusal)
  assert.deepEqual(changesAt(target), [])
}

test('a plan that was edited by hand is refused as a whole', async t => {
  const scene = await planned(t)
  const text = scene.workspace.read('p.json')
  scene.workspace.write('p.json', text.replace('mirror/team/b:v1', 'mirror/team/x:v1'))
  await applyRefused(scene, {
    says: ['p.json was changed after it was made', 'change the image set instead and plan again'],
  })
})

test('a plan that is cut off is refused', async t => {
  const scene = await planned(t)
  scene.workspace.write('p.json', scene.workspace.read('p.json').slice(0, -100))
  await applyRefused(scene, { says: [/p\.json:\d+:\d+: not JSON/, 'plan again'] })
})

test('a plan of a version that is not known yet is refused, naming what reads it', async t => {
  const scene = await planned(t)
  scene.workspace.write('p.json', scene.workspace.read('p.json').replace('"version": 1', '"version": 2'))
  await applyRefused(scene, {
    says: ['p.json is a plan of version 2', 'newer mirrorform', 'reads mirrorform-plan version 2'],
  })
})

test('something else given as a plan is refused by what it is', async t => {
  const { workspace } = await planned(t)
  await refused(workspace, ['apply', 'set.yaml'], { says: ['set.yaml:1:1: not JSON', 'plan'] })
  await refused(workspace, ['apply', 'nowhere.json'], {
    says: ['cannot read plan nowhere.json: there is no such file', 'mirrorform plan -o'],
  })
  await refused(workspace, ['show', 'set.yaml'], { says: ['set.yaml', 'neither a plan nor a state'] })
})

test('a plan made with another state is refused, and says to plan again', async t => {
  const scene = await planned(t)
  const { workspace, target, want } = scene
  assert.equal((await workspace.run(APPLY)).code, 0)
  want('team/a:v1', 'team/b:v1', 'team/c:v1')
  await plan(scene)
  workspace.write('s.json', workspace.read('s.json').replace(/("lineage": ")[0-9a-f]{8}/, '$100000000'))
  target.clearRequests()
  await applyRefused(scene, { says: ['the plan belongs to another state', 'lineage', 'plan again'] })
})

test('a plan for one target is refused with the state of another, naming both', async t => {
  const scene = await planned(t)
  const { workspace, target, set } = scene
  const elsewhere = set.map(word => (word === scene.to ? `docker://${target.host}/elsewhere` : word))
  const other = await workspace.run(['apply', '--yes', ...elsewhere, '--state', 's.json'])
  assert.equal(other.code, 0, other.output)
  target.clearRequests()
  await applyRefused(scene, {
    says: [`docker://${target.host}/mirror`, `docker://${target.host}/elsewhere`, '--state'],
  })
})

test('an image that somebody pushed to the target since the plan fails its item; the others are done', async t => {
  const { workspace, target } = await planned(t)
  const foreign = await pushToServer(target.url, 'mirror/team/a', 'v1', buildImage({ seed: 'foreign' }))
  const { code, stdout, stderr } = await workspace.run(APPLY)
  assert.equal(code, 4, stderr)
  assert.match(stdout, /1 item failed:\n {2}\+ .*team\/a:v1\n {4}.*changed since the plan was made/)
  assert.match(stdout, /Hint: .*plan again/)
  assert.match(stdout, /1 added, 1 failed/)
  const there = await fetch(`${target.url}/v2/mirror/team/a/manifests/v1`)
  assert.equal(there.headers.get('docker-content-digest'), foreign, 'the foreign image stays')
  const held = JSON.parse(workspace.read('s.json')).images
  assert.deepEqual(
    held.map((image: { destination: string }) => image.destination),
    [`${target.host}/mirror/team/b:v1`],
  )
})

test('an image that is gone from the source since the plan fails its item; the others are done', async t => {
  let gone = false
  const scene = await twoRegistries(t, {
    source: { faults: ({ repository }) => (gone && repository === 'team/a' ? NOT_FOUND : undefined) },
  })
  await plan(scene)
  gone = true
  const { workspace, source } = scene
  const { code, stdout, stderr } = await workspace.run(APPLY)
  assert.equal(code, 4, stderr)
  assert.match(stdout, /1 item failed:\n {2}\+ .*team\/a:v1/)
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    new RegExp(`${source.host}/team/a@sha256:\\w+: .*404 NAME_UNKNOWN`),
  )
  assert.match(stdout, /Hint: it is not there, or not any more/)
  assert.match(stdout, /1 added, 1 failed/)
})

test('a plan that was carried out already does nothing a second time', async t => {
  const { workspace, target } = await planned(t)
  assert.equal((await workspace.run(APPLY)).code, 0)
  const before = filesIn(workspace.folder)
  target.clearRequests()
  const { code, stdout } = await workspace.run(APPLY)
  assert.equal(code, 0)
  assert.match(stdout, /2 already done/)
  assert.deepEqual(changesAt(target), [])
  assert.deepEqual(filesIn(workspace.folder), before)
})

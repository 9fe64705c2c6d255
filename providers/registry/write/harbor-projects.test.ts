import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { plannedRequests } from '../../../lib/plan/requests.ts'
import { canMakeProjects } from '../../../lib/provider.ts'
import { dialectScene } from '../../../testdata/dialect-scene.ts'
import * as dialects from '../../../testdata/dialects.ts'
import { buildImage } from '../../../testdata/images.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { openTestTarget, registryError, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'

const CREATE = { createProjects: true }

async function withoutProject(t: TestEnd, dialect: dialects.Dialect) {
  const scene = await dialectScene(t, dialect)
  await scene.push('one:1', buildImage({ seed: 'one' }))
  return { ...scene, made: () => scene.destination.requests.filter(at => at.path.startsWith('/api/')) }
}

test('a missing project is part of the plan with --create-projects, and apply makes it before anything else', async t => {
  const harbor = dialects.harborWith({ projects: [], makes: 'mirror' })
  const { plan, apply, made, destination } = await withoutProject(t, harbor)
  const planned = await plan(['one:1'], CREATE)
  assert.deepEqual(planned.projects, ['mirror'])
  assert.match(planned.notes.join(), /missing at .*; apply makes it first, private: mirror$/)
  assert.deepEqual(plannedRequests(planned)[0], { do: 'create-project', project: 'mirror' })
  assert.deepEqual(made(), [])
  destination.clearRequests()
  const result = await apply(planned)
  assert.deepEqual([result.done, result.failed], [1, 0])
  const changing = destination.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
  assert.deepEqual(
    changing.filter(({ path }) => path === '/api/v2.0/projects'),
    changing.slice(0, 1),
  )
  assert.deepEqual((await plan(['one:1'], CREATE)).projects, undefined)
})

test('without --create-projects a missing project refuses the plan, and the hint names the option', async t => {
  const { plan } = await withoutProject(t, dialects.harborWith({ projects: [], makes: 'mirror' }))
  await assert.rejects(plan(['one:1']), { hint: /--create-projects/ })
})

test('a project that somebody made since the plan is as good', async t => {
  const { plan, apply } = await withoutProject(t, dialects.harborWith({ projects: [], makes: 'mirror' }))
  const planned = await plan(['one:1'], CREATE)
  await apply(planned)
  const again = await apply(planned)
  assert.deepEqual([again.failed, again.already], [0, 1])
})

test('a project that may not be made fails the images below it, before anything of them is sent', async t => {
  const harbor = dialects.harborWith({ projects: [], makes: 'mirror', admits: () => false })
  const { plan, apply, source } = await withoutProject(t, harbor)
  const planned = await plan(['one:1'], CREATE)
  source.clearRequests()
  const result = await apply(planned)
  assert.equal(result.failed, 1)
  assert.match(result.results[0]?.message ?? '', /not begun, because its project mirror could not be made: /)
  assert.match(result.results[0]?.hint ?? '', /may make projects/)
  assert.deepEqual(source.requests, [])
})

test('a project is made private, with user and password as they are, and only when it was approved', async t => {
  const registry = await startScriptedRegistry(t, ({ url, headers }) => {
    if (url === '/v2/') {
      const realm = `Bearer realm="http://${headers.host}/token",service="harbor-registry"`
      return { status: 401, headers: { 'www-authenticate': realm } }
    }
    if (url === '/token') return { body: '{"token":"T"}' }
    return url === '/api/v2.0/projects' ? { status: 201 } : registryError(404, 'NOT_FOUND', 'no')
  })
  const authFile = path.join(temporaryFolder(t), 'auth.json')
  const auth = Buffer.from('admin:secret').toString('base64')
  writeFileSync(authFile, JSON.stringify({ auths: { [registry.host]: { auth } } }))
  const { access, address } = await openTestTarget(t, registry.host, 'team/app', { destAuthFile: authFile })
  const target = access.target(address)
  assert.ok(canMakeProjects(target))
  await assert.rejects(target.createProject('team', SIGNAL), /no plan that is being applied lists it/)
  assert.equal(registry.requests.length, 0)
  target.approveProjects(['team'])
  await target.createProject('team', SIGNAL)
  const request = registry.requests.at(-1)
  assert.equal(`${request?.method} ${request?.url}`, 'POST /api/v2.0/projects')
  assert.equal(request?.headers.authorization, `Basic ${auth}`)
  assert.deepEqual(JSON.parse(String(await request?.body())), {
    project_name: 'team',
    metadata: { public: 'false' },
  })
})

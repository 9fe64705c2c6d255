/** The many shapes in which registries say no, and what each one has to mean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { dialectScene } from '../../../testdata/dialect-scene.ts'
import * as dialects from '../../../testdata/dialects.ts'
import { buildImage } from '../../../testdata/images.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import {
  json,
  openTestTarget,
  type Reply,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { BLOB, contentOf, DESCRIPTOR } from '../testing/uploads.ts'

const API = { 'docker-distribution-api-version': 'registry/2.0' }
const DIGEST = digestOf('a manifest')

const NOT_FOUND: readonly (readonly [string, Reply])[] = [
  ['distribution', registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown')],
  ['a repository nobody made', registryError(404, 'NAME_UNKNOWN', 'repository name not known')],
  ['registry.redhat.io', registryError(404, 'UNKNOWN', 'Not Found')],
  ['Harbor', registryError(404, 'NOT_FOUND', 'artifact acme/app:v1 not found')],
  ['a plain text', { status: 404, body: '404 page not found\n' }],
  ['a web page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' }],
  ['no errors', { status: 404, headers: { 'content-type': 'application/json' }, body: '{"errors":null}' }],
  ['no text', { status: 404 }],
]

for (const [kind, reply] of NOT_FOUND)
  test(`a 404 is "not there" in the words of ${kind}`, async t => {
    const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? { headers: API } : reply))
    const { repository, pauses } = await openTestTarget(t, registry.host)
    assert.equal(await repository.resolve('v1' as never, SIGNAL), undefined)
    assert.equal(await repository.hasBlob(DESCRIPTOR, SIGNAL), false)
    assert.equal(await repository.tags(SIGNAL), undefined)
    assert.equal(await repository.referrers(DIGEST, SIGNAL), undefined)
    await assert.rejects(repository.manifest(DIGEST, SIGNAL), { status: 404 })
    await repository.deleteManifest(DIGEST, SIGNAL)
    assert.deepEqual(pauses, [])
  })

const CREATE_FIRST = /created first .*read-only proxy repository/
const REFUSED_UPLOADS: readonly (readonly [string, dialects.Dialect, message: RegExp, hint: RegExp])[] = [
  [
    'Harbor has no such project',
    dialects.harbor('library'),
    /project acme not found/,
    /create the project acme in Harbor/,
  ],
  [
    'nobody created the repository in ECR',
    dialects.ecr({ repositories: [] }),
    /404 NAME_UNKNOWN/,
    CREATE_FIRST,
  ],
  ['it is a proxy repository', dialects.proxyRepository(), /answered 404/, CREATE_FIRST],
]

for (const [reason, dialect, message, hint] of REFUSED_UPLOADS)
  test(`an upload that is refused because ${reason} is not tried again, and the error says so`, async t => {
    const server = await startTestRegistry(t, dialect)
    const { repository, pauses } = await openTestTarget(t, server.host)
    await assert.rejects(repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), (error: Error) => {
      assert.match(error.message, message)
      assert.match(String('hint' in error && error.hint), hint)
      return true
    })
    const begun = server.requests.filter(({ method }) => method === 'POST').length
    assert.ok(begun <= 2, 'once more only with a new token')
    assert.deepEqual(pauses, [])
  })

test('a project that Harbor does not have is found while planning, and nothing is asked of other registries', async t => {
  for (const [dialect, isRefused] of [
    [dialects.harbor('library'), true],
    [dialects.harbor('mirror'), false],
    [dialects.distribution(), false],
  ] as const) {
    const { destination, push, plan } = await dialectScene(t, dialect)
    for (const name of ['one', 'two']) await push(`${name}:1`, buildImage({ seed: name }))
    const planned = plan(['one:1', 'two:1'])
    if (!isRefused) assert.equal((await planned).changes.length, 2)
    else
      await assert.rejects(planned, (error: Error) => {
        assert.match(error.message, /this project is missing at .*: mirror/)
        return true
      })
    assert.ok(destination.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
  }
})

test('a registry that hangs up on an upload is asked whether it has the repository at all', async t => {
  const server = await startTestRegistry(t, dialects.ecr({ repositories: [], missing: { do: 'hang-up' } }))
  const { repository } = await openTestTarget(t, server.host, 'acme/app', { retries: 1 })
  await assert.rejects(repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), (error: Error) => {
    assert.match(error.message, /closed the connection/)
    assert.match(String('hint' in error && error.hint), /created first/)
    return true
  })
  assert.equal(server.requests.filter(({ method }) => method === 'POST').length, 2)
  assert.equal(server.requests.at(-1)?.what, 'tags')
})

test('a deep path that Quay refuses is not blamed on the login alone', async t => {
  const server = await startTestRegistry(t, dialects.quay())
  const deep = await openTestTarget(t, server.host, 'acme/team/app')
  await assert.rejects(deep.repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), (error: Error) => {
    assert.match(error.message, /answered 401/)
    assert.match(String('hint' in error && error.hint), /--max-nested-paths 2/)
    return true
  })
  const flat = await openTestTarget(t, server.host, 'acme/team-app')
  assert.equal(await flat.repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), 'uploaded')
})

test('a page of tags is never asked to be larger than ECR allows, and a short page is not the last one', async t => {
  const server = await startTestRegistry(t, dialects.ecr())
  const large = await openTestTarget(t, server.host)
  assert.equal(await large.repository.tags(SIGNAL, 5000), undefined)
  assert.deepEqual(
    server.requests.filter(({ what }) => what === 'tags').map(({ query }) => query),
    ['n=1000'],
  )
  const registry = await startScriptedRegistry(t, ({ url }) => {
    if (url.startsWith('/v2/acme/app/tags/list?n='))
      return json({ tags: ['a'] }, { link: '</more>; rel="next"' })
    if (url === '/more') return json({ tags: [] }, { link: '</last>; rel="next"' })
    return url === '/last' ? json({ tags: ['b', 'c'] }) : undefined
  })
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['a', 'b', 'c'], complete: true })
})

test('a registry that confirms a subject without having the referrers API is not believed', async t => {
  const server = await startTestRegistry(t, dialects.ecr())
  const { access, address, repository } = await openTestTarget(t, server.host)
  assert.equal(await repository.referrers(DIGEST, SIGNAL), undefined)
  const able = await access.target(address).abilities('acme/app' as never, ['referrersApi'], SIGNAL)
  assert.equal(able.referrersApi, 'no')
})

test('a front end that knows its clients by name is given the one it knows', async t => {
  const registry = await startScriptedRegistry(t, ({ headers }) =>
    headers['user-agent'] === 'docker/27.0'
      ? { headers: API }
      : { headers: { 'content-type': 'text/html' }, body: '<html>welcome</html>' },
  )
  const unknown = await openTestTarget(t, registry.host)
  await assert.rejects(unknown.repository.tags(SIGNAL), /web|not a list/)
  const known = await openTestTarget(t, registry.host, 'acme/app', { userAgent: 'docker/27.0' })
  assert.equal(await known.repository.hasBlob(DESCRIPTOR, SIGNAL), true)
  assert.ok(registry.requests.slice(-2).every(({ headers }) => headers['user-agent'] === 'docker/27.0'))
})

/** How the clouds want to be logged in to, and that nothing large is sent before a login is settled. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authFile, PASSWORD, tokenRegistry } from '../testing/logins.ts'
import {
  type Handler,
  json,
  openTestTarget,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { BLOB, contentOf, DESCRIPTOR, storing } from '../testing/uploads.ts'

function loginOf(user: string): string {
  return `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}`
}

function entryFor(user: string): { auth: string } {
  return { auth: loginOf(user).slice('Basic '.length) }
}

test('ECR’s password is sent as it is, to the registry itself', async t => {
  const stored: Buffer[] = []
  const serve: Handler = (asked, raw) =>
    asked.headers.authorization === loginOf('AWS')
      ? storing(stored)(asked, raw)
      : {
          status: 401,
          headers: { 'www-authenticate': 'Basic realm="https://ecr/",service="ecr.amazonaws.com"' },
        }
  const registry = await startScriptedRegistry(t, serve)
  const file = authFile(t, registry.host, entryFor('AWS'))
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
  assert.equal(await repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  assert.ok(registry.requests.every(({ path }) => path !== '/token'))
})

test('Artifact Registry’s access token is exchanged as the password of oauth2accesstoken', async t => {
  const stored: Buffer[] = []
  const server = tokenRegistry(
    () => json({ token: 'T' }),
    token => token === 'T',
    storing(stored),
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const file = authFile(t, registry.host, entryFor('oauth2accesstoken'))
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
  assert.equal(await repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), 'uploaded')
  assert.deepEqual(server.logins, [`GET ${loginOf('oauth2accesstoken')}`])
  assert.deepEqual(server.issued, ['repository:acme/app:pull,push'])
})

test('no token endpoint is ever asked for an offline token', async t => {
  for (const entry of [entryFor('user'), { auth: entryFor('<token>').auth, identitytoken: PASSWORD }]) {
    const bodies: string[] = []
    const server = tokenRegistry(
      async asked => {
        bodies.push((await asked.body()).toString())
        return json({ access_token: 'T' })
      },
      () => true,
      storing([]),
    )
    const registry = await startScriptedRegistry(t, server.handler)
    const file = authFile(t, registry.host, entry)
    const { repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
    await repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL)
    const [token] = registry.requests.filter(({ path }) => path === '/token')
    assert.equal(token?.query.has('offline_token'), false)
    assert.doesNotMatch(bodies.join(), /offline/)
  }
})

test('no byte of a blob is sent before a login is settled, and none waits for 100-continue', async t => {
  const stored: Buffer[] = []
  const server = tokenRegistry(
    () => json({ token: 'T' }),
    token => token === 'T',
    storing(stored),
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', {
    authFile: authFile(t, registry.host),
  })
  await repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL)
  const withBytes = registry.requests.filter(({ headers }) => Number(headers['content-length'] ?? 0) > 0)
  assert.deepEqual(
    withBytes.map(({ method, headers }) => [method, headers.authorization, headers.expect]),
    [['PUT', 'Bearer T', undefined]],
  )
})

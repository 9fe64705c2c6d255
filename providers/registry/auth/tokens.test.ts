import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { authFile, BASIC, FOUND, MANIFEST, PASSWORD, tokenRegistry } from '../testing/logins.ts'
import {
  json,
  openTestClient,
  openTestTarget,
  readerOf,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

test('one token is shared by all requests that need it at the same time', async t => {
  const server = tokenRegistry(
    () => json({ token: 'T' }),
    token => token === 'T',
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/acme/app`)
  const found = await Promise.all(
    Array.from({ length: 20 }, (_, at) => reader.resolve(`v${at}` as never, SIGNAL)),
  )
  assert.ok(found.every(descriptor => descriptor?.digest === digestOf(MANIFEST)))
  assert.deepEqual(server.issued, ['repository:acme/app:pull'])
  assert.deepEqual(server.logins, ['GET anonymous'])
})

test('the token endpoint gets service, scope and login; the registry never sees the password', async t => {
  const server = tokenRegistry(
    () => json({ access_token: 'T' }),
    token => token === 'T',
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t, { authFile: authFile(t, registry.host) })
  await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL)
  assert.deepEqual(server.logins, [`GET ${BASIC}`])
  const [token] = registry.requests.filter(({ path }) => path === '/token')
  assert.equal(token?.query.get('service'), 'reg, one')
  assert.equal(token?.query.get('account'), 'user')
  assert.ok(
    registry.requests.every(({ path, headers }) => path === '/token' || headers.authorization !== BASIC),
  )
})

test('a token is replaced shortly before it expires, and one without a lifetime after a minute', async t => {
  const server = tokenRegistry(
    (_, count) => json(count === 1 ? { token: 'T1', expires_in: 300 } : { token: `T${count}` }),
    token => token.startsWith('T'),
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access, advance } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/acme/app`)
  const used = async () => {
    await reader.resolve('v1' as never, SIGNAL)
    return registry.requests.at(-1)?.headers.authorization
  }
  assert.equal(await used(), 'Bearer T1')
  advance(265_000)
  assert.equal(await used(), 'Bearer T1')
  advance(10_000)
  assert.equal(await used(), 'Bearer T2')
  advance(50_000)
  assert.equal(await used(), 'Bearer T2')
  advance(10_000)
  assert.equal(await used(), 'Bearer T3')
})

test('a token that is refused before its time is replaced once', async t => {
  const server = tokenRegistry(
    (_, count) => json({ token: `T${count}` }),
    token => token === 'T2',
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t)
  assert.ok(await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL))
  assert.equal(server.issued.length, 2)
})

test('an identity token is exchanged by the refresh grant', async t => {
  let form = ''
  const server = tokenRegistry(
    async asked => {
      form = `${await asked.body()}`
      return json({ access_token: 'T' })
    },
    token => token === 'T',
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t, {
    authFile: authFile(t, registry.host, { identitytoken: PASSWORD }),
  })
  assert.ok(await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL))
  assert.deepEqual(server.logins, ['POST anonymous'])
  assert.deepEqual(Object.fromEntries(new URLSearchParams(form)), {
    grant_type: 'refresh_token',
    client_id: 'mirrorform',
    service: 'reg, one',
    scope: 'repository:acme/app:pull',
    refresh_token: PASSWORD,
  })
})

test('a registry token is sent as it is', async t => {
  const server = tokenRegistry(
    () => json({}),
    token => token === PASSWORD,
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t, {
    authFile: authFile(t, registry.host, { registrytoken: PASSWORD }),
  })
  assert.ok(await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL))
  assert.deepEqual(server.logins, [])
})

test('a mount asks for exactly two scopes, and is given up for an upload when they are refused', async t => {
  const blob = Buffer.from('blob')
  const server = tokenRegistry(
    asked =>
      asked.query.getAll('scope').length > 1
        ? registryError(400, 'UNSUPPORTED', 'one scope')
        : json({ token: 'T' }),
    token => token === 'T',
    asked =>
      asked.method === 'POST'
        ? { status: 202, headers: { location: `${asked.path}session` } }
        : { status: 201 },
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { repository } = await openTestTarget(t, registry.host)
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
  const open = async () =>
    (async function* () {
      yield blob
    })()
  assert.equal(
    await repository.pushBlob(descriptor, { open, mountFrom: 'other/app' as never }, SIGNAL),
    'uploaded',
  )
  assert.deepEqual(server.issued, [
    'repository:acme/app:pull,push repository:other/app:pull',
    'repository:acme/app:pull,push',
  ])
})

test('a delete falls back when a scope that names it is refused', async t => {
  const server = tokenRegistry(
    asked =>
      asked.query.get('scope')?.includes('delete')
        ? registryError(400, '', 'bad scope')
        : json({ token: asked.query.get('scope') }),
    () => true,
    () => ({ status: 202 }),
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { repository } = await openTestTarget(t, registry.host)
  await repository.deleteTag('v1' as never, SIGNAL)
  await repository.deleteTag('v2' as never, SIGNAL)
  assert.deepEqual(server.issued, ['repository:acme/app:delete,pull,push', 'repository:acme/app:*'])
})

test('a registry that asks for no login gets none', async t => {
  const registry = await startScriptedRegistry(t, () => FOUND)
  const { access } = await openTestClient(t, { authFile: authFile(t, registry.host) })
  await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL)
  assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined))
})

test('a 401 that does not say how to log in is answered as /v2/ said', async t => {
  const registry = await startScriptedRegistry(t, ({ url, headers }) =>
    url === '/v2/'
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      : headers.authorization === BASIC
        ? FOUND
        : { status: 401 },
  )
  const { access } = await openTestClient(t, { authFile: authFile(t, registry.host) })
  assert.ok(await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL))
})

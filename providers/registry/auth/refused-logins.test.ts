import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { authFile, FOUND, failure, PASSWORD, tokenRegistry } from '../testing/logins.ts'
import {
  type Handler,
  json,
  openTestClient,
  openTestTarget,
  readerOf,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const BASIC_ONLY: Handler = () => ({
  ...registryError(401, 'UNAUTHORIZED', 'authentication required'),
  headers: { 'www-authenticate': 'Basic realm="x"' },
})

test('a wrong password is an error that names the file it came from, at source and target', async t => {
  const registry = await startScriptedRegistry(t, BASIC_ONLY)
  const file = authFile(t, registry.host)
  const { access, repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
  for (const reader of [readerOf(access, `${registry.host}/acme/app`), repository]) {
    const { text, hint } = await failure(reader.resolve('v1' as never, SIGNAL))
    assert.match(text, /cannot look up .*\/acme\/app:v1: .* answered 401/)
    assert.equal(hint, `check the user and password in ${file} (entry ${registry.host})`)
  }
})

test('a password that the token endpoint refuses is an error that names the file and the scope', async t => {
  const server = tokenRegistry(
    () => registryError(401, 'UNAUTHORIZED', 'wrong'),
    () => false,
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const file = authFile(t, registry.host)
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
  const { text, hint } = await failure(repository.resolve('v1' as never, SIGNAL))
  assert.match(
    text,
    /refused the login from .*auth.json \(entry .*\) for repository:acme\/app:pull: .* answered 401 UNAUTHORIZED: wrong/,
  )
  assert.equal(hint, `check the user and password in ${file} (entry ${registry.host})`)
})

test('without a login the error says where one was looked for', async t => {
  const registry = await startScriptedRegistry(t, BASIC_ONLY)
  const file = authFile(t, 'elsewhere.example')
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
  const { hint } = await failure(repository.resolve('v1' as never, SIGNAL))
  assert.equal(
    hint,
    `there is no login for ${registry.host} (searched: ${file}); log in, for example with: skopeo login ${registry.host}`,
  )
})

test('a target repository that an accepted login may not see counts as not there; a source is an error', async t => {
  for (const status of [401, 403]) {
    const server = tokenRegistry(
      () => json({ token: 'T' }),
      () => true,
      () => registryError(status, 'DENIED', 'no'),
    )
    const registry = await startScriptedRegistry(t, server.handler)
    const file = authFile(t, registry.host)
    const { access, repository } = await openTestTarget(t, registry.host, 'acme/app', { authFile: file })
    assert.equal(await repository.resolve('v1' as never, SIGNAL), undefined)
    assert.equal(await repository.hasBlob({ mediaType: 'x', digest: digestOf('x'), size: 1 }, SIGNAL), false)
    const { text, hint } = await failure(
      readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL),
    )
    assert.match(text, new RegExp(`answered ${status}.*\\(scope repository:acme/app:pull\\)`))
    assert.match(hint, /the login from .* was taken, but it may not do this/)
  }
})

test('a password is not sent to a token endpoint without encryption unless that is allowed', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const { Tokens } = await import('./tokens.ts')
  const { Secret } = await import('./secret.ts')
  const host = { host: 'reg.example', insecure: false, verifyFlag: '--src-tls-verify' } as const
  const policy = { retries: 0, delay: 0, clock: { now: () => 0, random: () => 0, sleep: async () => {} } }
  const tokens = new Tokens(undefined as never, policy, host, SIGNAL)
  const found = {
    login: { kind: 'password', username: 'u', password: new Secret(PASSWORD) },
    origin: 'f',
  } as const
  const challenge = { scheme: 'bearer', parameters: { realm: `${registry.url}/token` } }
  const { text } = await failure(tokens.get({ challenge, scopes: [], found }, SIGNAL))
  assert.match(text, /which is not encrypted/)
  assert.deepEqual(registry.requests, [])
})

test('what is observed of requests holds no secret', async t => {
  const seen: string[] = []
  const server = tokenRegistry(
    () => json({ token: 'T' }),
    () => true,
    asked =>
      asked.url.includes('signature')
        ? FOUND
        : { status: 307, headers: { location: `/elsewhere?signature=${PASSWORD}` } },
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t, {
    authFile: authFile(t, registry.host),
    onRequest: request => seen.push(`${request.method} ${request.url} ${request.status}`),
  })
  await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL)
  assert.ok(seen.some(line => line.endsWith('/elsewhere?signature=… 200')))
  assert.ok(
    seen.some(line => line.includes('/token?service=reg, one&scope=repository:acme/app:pull&account=…')),
  )
  assert.doesNotMatch(seen.join(), new RegExp(PASSWORD))
})

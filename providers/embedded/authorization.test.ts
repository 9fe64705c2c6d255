/** Basic and bearer authorization, against a running registry. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { makeCertificates } from '../../testdata/certificates.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { allBlobsOf, buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import type { RegistryAuth, RegistryServerOptions } from './registry-server.ts'

const run = promisify(execFile)
const USERS = { ann: 'secret:with colon' }
const ANN = basic('ann', 'secret:with colon')
const IMAGE = buildImage({ seed: 'auth' })

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

async function startBearer(
  t: TestEnd,
  auth: Partial<RegistryAuth> = {},
  more: Partial<RegistryServerOptions> = {},
) {
  const server = await startTestRegistry(t, { ...more, auth: { users: USERS, scheme: 'bearer', ...auth } })
  const tokenAnswer = (scope: string, authorization?: string): Promise<Response> =>
    fetch(`${server.url}/token?service=mirrorform&scope=${scope}`, {
      ...(authorization !== undefined && { headers: { authorization } }),
    })
  const token = async (scope: string, authorization?: string): Promise<string> => {
    const answer = (await (await tokenAnswer(scope, authorization)).json()) as { token: string }
    return `Bearer ${answer.token}`
  }
  const ask = async (method: string, path: string, authorization?: string): Promise<Response> =>
    fetch(server.url + path, { method, ...(authorization !== undefined && { headers: { authorization } }) })
  return { server, token, tokenAnswer, ask }
}

test('with basic authorization, only a user with the right password gets in', async t => {
  const server = await startTestRegistry(t, { auth: { users: USERS, scheme: 'basic' } })
  const status = async (authorization?: string): Promise<number> =>
    (await fetch(`${server.url}/v2/`, authorization === undefined ? {} : { headers: { authorization } }))
      .status
  assert.equal(await status(), 401)
  assert.equal(await status(basic('ann', 'wrong')), 401)
  assert.equal(await status(basic('bob', 'secret')), 401)
  assert.equal(await status(basic('constructor', '')), 401)
  assert.equal(await status('Basic !'), 401)
  assert.equal(await status(ANN), 200)
  const refused = await fetch(`${server.url}/v2/`)
  assert.match(refused.headers.get('www-authenticate') ?? '', /^Basic realm=/)
  await pushToServer(server.url, 'acme/app', 'v1', IMAGE, { authorization: ANN })
})

test('with anonymous pull, strangers read and only users write', async t => {
  for (const scheme of ['basic', 'bearer'] as const) {
    const { server, token, ask } = await startBearer(t, { scheme, anonymousPull: true })
    const push = scheme === 'basic' ? ANN : await token('repository:acme/app:pull,push', ANN)
    await pushToServer(server.url, 'acme/app', 'v1', IMAGE, { authorization: push })
    const stranger = scheme === 'basic' ? undefined : await token('repository:acme/app:pull,push')
    assert.equal((await ask('GET', '/v2/acme/app/manifests/v1', stranger)).status, 200)
    assert.equal((await ask('POST', '/v2/acme/app/blobs/uploads/', stranger)).status, 401)
    assert.equal((await ask('DELETE', '/v2/acme/app/manifests/v1', stranger)).status, 401)
  }
})

test('a bearer challenge names realm, service and the scope that the request needs', async t => {
  const { server, ask } = await startBearer(t)
  const challenge = async (method: string, path: string): Promise<string | null> =>
    (await ask(method, path)).headers.get('www-authenticate')
  const start = `Bearer realm="${server.url}/token",service="mirrorform"`
  assert.equal(await challenge('GET', '/v2/'), start)
  assert.equal(await challenge('GET', '/v2/a/b/tags/list'), `${start},scope="repository:a/b:pull"`)
  assert.equal(await challenge('POST', '/v2/a/b/blobs/uploads/'), `${start},scope="repository:a/b:pull,push"`)
  assert.equal(await challenge('DELETE', '/v2/a/b/manifests/v1'), `${start},scope="repository:a/b:delete"`)
  assert.equal(await challenge('GET', '/v2/_catalog'), `${start},scope="registry:catalog:*"`)
})

test('a token is good for its repository and its actions only', async t => {
  const { server, token, ask } = await startBearer(t)
  await pushToServer(server.url, 'acme/app', 'v1', IMAGE, {
    authorization: await token('repository:acme/app:pull,push', ANN),
  })
  const pull = await token('repository:acme/app:pull', ANN)
  assert.equal((await ask('GET', '/v2/', pull)).status, 200)
  assert.equal((await ask('GET', '/v2/acme/app/manifests/v1', pull)).status, 200)
  const refused = await ask('DELETE', '/v2/acme/app/manifests/v1', pull)
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/)
  assert.equal((await ask('GET', '/v2/acme/other/tags/list', pull)).status, 401)
  const all = await token('repository:acme/app:*', ANN)
  assert.equal((await ask('DELETE', '/v2/acme/app/manifests/v1', all)).status, 202)
})

test('several scopes, repeated or in one parameter, end up in one token', async t => {
  const { token, ask } = await startBearer(t)
  const both = await token('repository:a/b:pull&scope=repository:c:pull,push%20repository:d:pull', ANN)
  for (const name of ['a/b', 'c', 'd'])
    assert.equal((await ask('GET', `/v2/${name}/tags/list`, both)).status, 404)
  assert.equal((await ask('POST', '/v2/c/blobs/uploads/', both)).status, 202)
})

test('the token endpoint refuses wrong passwords, strangers and other services', async t => {
  const { server, tokenAnswer } = await startBearer(t)
  assert.equal((await tokenAnswer('repository:a:pull', basic('ann', 'wrong'))).status, 401)
  assert.equal((await tokenAnswer('repository:a:pull')).status, 401)
  assert.equal(
    (await fetch(`${server.url}/token?service=other`, { headers: { authorization: ANN } })).status,
    400,
  )
})

test('a token is given for a password sent as a form, too', async t => {
  const { server, ask } = await startBearer(t)
  const form = { grant_type: 'password', service: 'mirrorform', client_id: 'x', scope: 'repository:a:pull' }
  const post = (password: string): Promise<Response> =>
    fetch(`${server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, username: 'ann', password }),
    })
  const { access_token: token } = (await (await post(USERS.ann)).json()) as { access_token: string }
  assert.equal((await ask('GET', '/v2/a/tags/list', `Bearer ${token}`)).status, 404)
  assert.equal((await post('wrong')).status, 401)
})

test('a token ends with its lifetime, and all of them when they are revoked', async t => {
  let time = 1_000_000
  const { server, token, ask } = await startBearer(t, { tokenLifetime: 60 }, { now: () => time })
  const first = await token('repository:a:pull', ANN)
  time += 59_000
  assert.equal((await ask('GET', '/v2/', first)).status, 200)
  time += 1_000
  const refused = await ask('GET', '/v2/', first)
  assert.match(refused.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
  const second = await token('repository:a:pull', ANN)
  server.revokeTokens()
  assert.equal((await ask('GET', '/v2/', second)).status, 401)
})

test('a mount from a repository that the token may not read begins an upload', async t => {
  const { server, token, ask } = await startBearer(t)
  await pushToServer(server.url, 'acme/app', 'v1', IMAGE, {
    authorization: await token('repository:acme/app:pull,push', ANN),
  })
  const [digest] = [...allBlobsOf(IMAGE).keys()]
  const path = `/v2/acme/new/blobs/uploads/?mount=${digest}&from=acme/app`
  assert.equal((await ask('POST', path, await token('repository:acme/new:pull,push', ANN))).status, 202)
  const both = await token('repository:acme/new:pull,push&scope=repository:acme/app:pull', ANN)
  assert.equal((await ask('POST', path, both)).status, 201)
})

test('records keep the scheme of an authorization and never the secret', async t => {
  const { server, token, ask } = await startBearer(t)
  await ask('GET', '/v2/', await token('repository:a:pull', ANN))
  assert.deepEqual(
    server.requests.map(request => request.headers.authorization),
    ['Basic', 'Bearer'],
  )
})

test('skopeo logs in to the registry over TLS, with basic and with bearer authorization', {
  skip: skipWithout('skopeo', 'openssl'),
}, async t => {
  const folder = temporaryFolder(t)
  const certificates = makeCertificates(folder)
  for (const scheme of ['basic', 'bearer'] as const) {
    const tls = { key: certificates.pem.key, cert: certificates.pem.cert }
    const server = await startTestRegistry(t, { tls, auth: { users: USERS, scheme } })
    const to = `docker://${server.host}/acme/app:v1`
    const image = await startTestRegistry(t)
    await pushToServer(image.url, 'acme/app', 'v1', IMAGE)
    const login = ['--dest-creds', `ann:${USERS.ann}`, '--dest-tls-verify=false', '--src-tls-verify=false']
    await run('skopeo', ['copy', ...login, `docker://${image.host}/acme/app:v1`, to])
    await assert.rejects(
      run('skopeo', ['inspect', '--tls-verify=false', to]),
      /authentication required|unauthorized/,
    )
  }
})

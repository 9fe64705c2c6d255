import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { authFile, FOUND, PASSWORD, tokenRegistry } from '../testing/logins.ts'
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
import { BLOB, contentOf, DESCRIPTOR, storing } from '../testing/uploads.ts'

/** A helper that gives `<secret>1` when it is asked first, then `<secret>2`; and what names it for the host. */
function changingHelper(t: TestEnd, host: string) {
  const root = temporaryFolder(t)
  const count = path.join(root, 'count')
  const script = `#!/bin/sh
read server
printf x >> ${count}
n=$(wc -c < ${count} | tr -d ' ')
echo "{\\"Username\\":\\"AWS\\",\\"Secret\\":\\"${PASSWORD}$n\\"}"
`
  writeFileSync(path.join(root, 'docker-credential-cloud'), script, { mode: 0o755 })
  const file = path.join(root, 'auth.json')
  writeFileSync(file, JSON.stringify({ credHelpers: { [host]: 'cloud' } }))
  return { authFile: file, env: { PATH: `${root}${path.delimiter}${process.env.PATH}` } }
}

function passwordOf(header: string | undefined): string {
  return Buffer.from(header?.replace(/^Basic /, '') ?? '', 'base64').toString()
}

const BASIC_CHALLENGE = { status: 401, headers: { 'www-authenticate': 'Basic realm="aws"' } }

test('a helper’s password that ran out is asked for again, also in the middle of an upload', async t => {
  const stored: Buffer[] = []
  let good = `AWS:${PASSWORD}1`
  const handler: Handler = async (asked, raw) => {
    if (passwordOf(asked.headers.authorization) !== good) return BASIC_CHALLENGE
    const reply = await storing(stored)(asked, raw)
    if (asked.method === 'POST') good = `AWS:${PASSWORD}2`
    return reply
  }
  const registry = await startScriptedRegistry(t, handler)
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', changingHelper(t, registry.host))
  assert.equal(await repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  const refused = registry.requests.filter(({ headers }) => headers.authorization !== undefined)
  assert.equal(new Set(refused.map(({ headers }) => headers.authorization)).size, 2)
})

test('a helper’s password that the token endpoint no longer takes is asked for again', async t => {
  const server = tokenRegistry(
    asked =>
      passwordOf(asked.headers.authorization) === `AWS:${PASSWORD}2`
        ? json({ token: 'T' })
        : registryError(401, 'UNAUTHORIZED', 'expired'),
    token => token === 'T',
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access } = await openTestClient(t, changingHelper(t, registry.host))
  assert.ok(await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL))
  assert.equal(server.logins.length, 2)
})

test('a password of a file is not tried a second time', async t => {
  const registry = await startScriptedRegistry(t, () => BASIC_CHALLENGE)
  const { access } = await openTestClient(t, { authFile: authFile(t, registry.host) })
  await assert.rejects(readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL), {
    status: 401,
  })
  assert.deepEqual(registry.asked, ['HEAD /v2/acme/app/manifests/v1'])
})

test('an identity token that the endpoint replaces is used from then on', async t => {
  const forms: URLSearchParams[] = []
  const server = tokenRegistry(
    async asked => {
      forms.push(new URLSearchParams(`${await asked.body()}`))
      return json({ access_token: `T${forms.length}`, refresh_token: `R${forms.length}`, expires_in: 60 })
    },
    token => token === `T${forms.length}`,
  )
  const registry = await startScriptedRegistry(t, server.handler)
  const { access, advance } = await openTestClient(t, {
    authFile: authFile(t, registry.host, { identitytoken: PASSWORD }),
  })
  const reader = readerOf(access, `${registry.host}/acme/app`)
  for (let times = 0; times < 3; times++) {
    await reader.resolve('v1' as never, SIGNAL)
    advance(60_000)
  }
  assert.deepEqual(
    forms.map(form => form.get('refresh_token')),
    [PASSWORD, 'R1', 'R2'],
  )
})

test('source and target on one host are logged in to with credentials of their own', async t => {
  const registry = await startScriptedRegistry(t, ({ headers }) =>
    headers.authorization === undefined ? BASIC_CHALLENGE : FOUND,
  )
  const fileOf = (user: string) =>
    authFile(t, registry.host, { auth: Buffer.from(`${user}:${PASSWORD}`).toString('base64') })
  const { access, repository } = await openTestTarget(t, registry.host, 'mirror/app', {
    authFile: fileOf('reader'),
    destAuthFile: fileOf('writer'),
  })
  await readerOf(access, `${registry.host}/acme/app`).resolve('v1' as never, SIGNAL)
  await repository.resolve('v1' as never, SIGNAL)
  const users = registry.requests
    .filter(({ method, headers }) => method === 'HEAD' && headers.authorization !== undefined)
    .map(({ path, headers }) => `${path} ${passwordOf(headers.authorization).split(':')[0]}`)
  assert.deepEqual(users, ['/v2/acme/app/manifests/v1 reader', '/v2/mirror/app/manifests/v1 writer'])
})

test('the credential file of one side that is missing is named by its own option', async t => {
  await assert.rejects(openTestClient(t, { destAuthFile: '/nowhere/auth.json' }), {
    message: 'cannot read the credential file /nowhere/auth.json: there is no such file',
    hint: 'it is named by --dest-authfile',
  })
})

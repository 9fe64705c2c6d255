import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { hintOf } from '../../../lib/errors.ts'
import { makeCertificates } from '../../../testdata/certificates.ts'
import { skipWithout } from '../../../testdata/docker-registry.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import type { RegistryOptions } from '../options.ts'
import {
  openTestClient,
  openTestTarget,
  readerOf,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const withoutOpenssl = skipWithout('openssl')
const VERIFY = { srcTlsVerify: true, destTlsVerify: true }

async function failureOf(
  t: TestEnd,
  host: string,
  options: Partial<RegistryOptions>,
): Promise<[string, string]> {
  const { access } = await openTestClient(t, options)
  try {
    await readerOf(access, `${host}/acme/app:v1`).resolve('v1' as never, SIGNAL)
  } catch (error) {
    return [error instanceof Error ? error.message : '', hintOf(error) ?? '']
  }
  return ['no failure', '']
}

test('a host that does not exist is said to be missing', async t => {
  const [message, hint] = await failureOf(t, 'no-such-host.invalid', VERIFY)
  assert.match(
    message,
    /^cannot look up no-such-host.invalid\/acme\/app:v1: the host no-such-host.invalid cannot be found$|name servers did not answer/,
  )
  assert.match(hint, /name servers/)
})

test('a port where nothing listens refuses the connection, over HTTP too where that is allowed', async t => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise(resolve => server.close(resolve))
  for (const srcTlsVerify of [true, false]) {
    const [message, hint] = await failureOf(t, host, { srcTlsVerify })
    assert.equal(message, `cannot look up ${host}/acme/app:v1: ${host} refused the connection`)
    assert.match(hint, /check that the registry runs/)
  }
})

test('a registry that only speaks HTTP needs the flag of its side', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const [message, hint] = await failureOf(t, registry.host, VERIFY)
  assert.match(message, /does not speak HTTPS$/)
  assert.match(hint, /--src-tls-verify=false/)
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', VERIFY)
  await assert.rejects(repository.resolve('v1' as never, SIGNAL), {
    hint: /--dest-tls-verify=false/,
  } as never)
})

test('one source can be named that is reached without checks; what else its registry has is not', async t => {
  const registry = await startScriptedRegistry(t, () => ({ status: 404 }))
  const options = { ...VERIFY, insecureSources: new Set([`${registry.host}/acme/app`]) }
  assert.deepEqual(await failureOf(t, registry.host, options), ['no failure', ''])
  const { access } = await openTestClient(t, options)
  await assert.rejects(readerOf(access, `${registry.host}/acme/other:v1`).resolve('v1' as never, SIGNAL), {
    message: /does not speak HTTPS$/,
  })
})

test('a server that speaks something else is named as such', async t => {
  const server = createServer(socket => socket.end('220 smtp.example ESMTP\r\n'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const [message] = await failureOf(t, host, {})
  assert.match(message, /does not speak HTTP/)
})

test('a web page where a registry should be is said to be one', async t => {
  const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not found</html>' }
  const registry = await startScriptedRegistry(t, () => page)
  const [message, hint] = await failureOf(t, registry.host, {})
  assert.match(message, /answered 404 with a web page/)
  assert.match(hint, /web console/)
})

async function startTlsRegistry(t: TestEnd, folder: string) {
  const { pem, ca } = makeCertificates(folder)
  const shown: string[] = []
  const server = createTlsServer(
    { key: pem.key, cert: pem.cert, ca: pem.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      if (subject !== undefined) shown.push(String(subject.CN))
      response.writeHead(request.url === '/v2/' ? 200 : 404).end()
    },
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, pem, ca, shown }
}

test('a private authority is trusted once its certificate is in certs.d', {
  skip: withoutOpenssl,
}, async t => {
  const root = temporaryFolder(t)
  const { host, pem } = await startTlsRegistry(t, root)
  const [message, hint] = await failureOf(t, host, VERIFY)
  assert.match(message, /is not signed by an authority this machine trusts \([A-Z_]+\)/)
  assert.match(hint, new RegExp(`/etc/containers/certs.d/${host}/ca.crt, or pass --src-tls-verify=false`))
  assert.equal((await failureOf(t, host, { srcTlsVerify: false }))[0], 'no failure')
  const folder = path.join(root, 'certs.d', host)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'ca.crt'), pem.ca)
  const certsDirs = [path.join(root, 'nowhere'), path.join(root, 'certs.d')]
  assert.equal((await failureOf(t, host, { ...VERIFY, certsDirs }))[0], 'no failure')
})

test('a registry that asks for a client certificate gets the one in certs.d', {
  skip: withoutOpenssl,
}, async t => {
  const root = temporaryFolder(t)
  const { host, pem, shown } = await startTlsRegistry(t, root)
  const folder = path.join(root, 'certs.d', host)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'ca.crt'), pem.ca)
  const options = { ...VERIFY, certsDirs: [path.join(root, 'certs.d')], retries: 0 }
  assert.equal((await failureOf(t, host, options))[0], 'no failure')
  assert.deepEqual(shown, [])
  writeFileSync(path.join(folder, 'client.cert'), pem.cert)
  assert.match((await failureOf(t, host, options))[0], /client.key is missing/)
  writeFileSync(path.join(folder, 'client.key'), pem.key)
  assert.equal((await failureOf(t, host, options))[0], 'no failure')
  assert.deepEqual(shown, ['localhost', 'localhost'])
})

test('one signal serves many requests at once without a warning', async t => {
  const warnings: Error[] = []
  const listen = (warning: Error) => void warnings.push(warning)
  process.on('warning', listen)
  t.after(() => void process.off('warning', listen))
  const registry = await startScriptedRegistry(t, () => undefined)
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/acme/app`)
  await Promise.all(Array.from({ length: 200 }, (_, at) => reader.resolve(`v${at}` as never, SIGNAL)))
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(warnings, [])
})

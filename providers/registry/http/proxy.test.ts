import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { makeCertificates } from '../../../testdata/certificates.ts'
import { skipWithout } from '../../../testdata/docker-registry.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openTestClient, readerOf, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { proxyFor } from './proxy.ts'

const PROXIES = { HTTPS_PROXY: 'http://secure:3128', http_proxy: 'plain:3128' }

const ROWS: readonly [url: string, noProxy: string, proxy: string | undefined][] = [
  ['https://quay.io/v2/', '', 'http://secure:3128'],
  ['http://reg.lan/v2/', '', 'http://plain:3128'],
  ['https://localhost:5000/', '', undefined],
  ['https://127.0.0.9/', '', undefined],
  ['https://[::1]:5000/', '', undefined],
  ['https://quay.io/', '*', undefined],
  ['https://reg.corp.lan/', 'corp.lan', undefined],
  ['https://reg.corp.lan/', '.corp.lan', undefined],
  ['https://reg.corp.lan/', '*.corp.lan', undefined],
  ['https://corp.lan/', '.corp.lan', 'http://secure:3128'],
  ['https://notcorp.lan/', 'corp.lan', 'http://secure:3128'],
  ['https://10.1.2.3/', '10.0.0.0/8', undefined],
  ['https://11.1.2.3/', '10.0.0.0/8', 'http://secure:3128'],
  ['https://10.1.2.3:5000/', 'a.com, 10.1.2.3', undefined],
  ['https://reg.lan:5000/', 'reg.lan:5000', undefined],
  ['https://reg.lan/', 'reg.lan:5000', 'http://secure:3128'],
  ['https://[fd00::5]/', 'fd00::/8', undefined],
]

for (const [url, noProxy, proxy] of ROWS)
  test(`with NO_PROXY="${noProxy}" ${url} is reached ${proxy === undefined ? 'directly' : 'by the proxy'}`, () => {
    assert.equal(proxyFor(new URL(url), { ...PROXIES, NO_PROXY: noProxy }), proxy)
  })

test('plain HTTP goes to the proxy as requests, with the proxy’s own login', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const seen: string[] = []
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    const onward = new URL(request.url ?? '')
    const upstream = connect(Number(new URL(registry.url).port), '127.0.0.1', () => {
      upstream.write(`${request.method} ${onward.pathname} HTTP/1.0\r\nhost: x\r\n\r\n`)
    })
    upstream.on('data', chunk => response.socket?.write(chunk))
    upstream.on('end', () => response.socket?.end())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const port = (proxy.address() as AddressInfo).port
  const { access } = await openTestClient(t, {
    env: { HTTP_PROXY: `http://user:pass@127.0.0.1:${port}` },
    retries: 0,
  })
  const found = await readerOf(access, 'registry.invalid:80/acme/app:v1').resolve('v1' as never, SIGNAL)
  assert.equal(found, undefined)
  assert.deepEqual(seen, [
    'GET http://registry.invalid/v2/ Basic dXNlcjpwYXNz',
    'HEAD http://registry.invalid/v2/acme/app/manifests/v1 Basic dXNlcjpwYXNz',
  ])
})

test('HTTPS goes through the proxy as a tunnel, and a proxy that refuses is told apart from the registry', {
  skip: skipWithout('openssl'),
}, async t => {
  const { pem } = makeCertificates(temporaryFolder(t))
  const registry = createTlsServer(pem, (_, response) => response.writeHead(404).end())
  let refuse = false
  const tunnels: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    if (refuse)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    const upstream = connect((registry.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => {})
    return socket.on('error', () => {})
  })
  for (const server of [registry, proxy]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.after(() => void server.close())
  }
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const ask = async (options: { srcTlsVerify: boolean }) => {
    const { access } = await openTestClient(t, { env, retries: 0, ...options })
    return readerOf(access, 'registry.invalid/acme/app').resolve('v1' as never, SIGNAL)
  }
  assert.equal(await ask({ srcTlsVerify: false }), undefined)
  assert.ok(tunnels.every(target => target === 'registry.invalid:443'))
  refuse = true
  await assert.rejects(
    ask({ srcTlsVerify: true }),
    /the proxy did not let the connection to registry.invalid through/,
  )
})

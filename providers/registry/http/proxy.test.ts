import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
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

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import { kindOf, startCountingProxy } from './counting-proxy.ts'

async function proxied(t: TestContext, listener: RequestListener) {
  const upstream = createServer(listener)
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const proxy = await startCountingProxy(`127.0.0.1:${port}`)
  t.after(async () => {
    await proxy.close()
    upstream.closeAllConnections()
    upstream.close()
  })
  return proxy
}

test('requests to a registry are told apart by what they are about', () => {
  const kinds: readonly (readonly [string, string, string])[] = [
    ['GET', '/v2/', 'GET /v2/'],
    ['HEAD', '/v2/team/app/manifests/v1', 'HEAD manifest'],
    ['GET', '/v2/team/app/blobs/sha256:aa', 'GET blob'],
    ['POST', '/v2/team/app/blobs/uploads/', 'POST upload'],
    ['POST', '/v2/team/app/blobs/uploads/?mount=sha256:aa&from=team/base', 'POST mount'],
    ['PUT', '/v2/team/app/blobs/uploads/1234?_state=x&digest=sha256:aa', 'PUT upload'],
    ['GET', '/v2/team/app/tags/list?n=100', 'GET tag'],
    ['GET', '/v2/team/app/referrers/sha256:aa', 'GET referrer'],
    ['GET', '/v2/_catalog', 'GET other'],
  ]
  for (const [method, url, kind] of kinds) assert.equal(kindOf(method, url), kind)
})

test('the proxy passes requests on as they are and counts requests and bytes', async t => {
  const proxy = await proxied(t, async (request, response) => {
    let size = 0
    for await (const chunk of request) size += (chunk as Buffer).length
    response.writeHead(201, { location: `http://${request.headers.host}/v2/there` }).end(`${size} bytes`)
  })
  const answer = await fetch(`http://${proxy.host}/v2/app/blobs/uploads/1`, { method: 'PUT', body: 'abcde' })
  assert.equal(answer.status, 201)
  assert.equal(answer.headers.get('location'), `http://${proxy.host}/v2/there`)
  assert.equal(await answer.text(), '5 bytes')
  const traffic = proxy.traffic()
  assert.deepEqual([...traffic.requests], [['PUT upload', 1]])
  assert.deepEqual([traffic.total, traffic.bytesIn, traffic.bytesOut], [1, 5, 7])
  proxy.reset()
  assert.equal(proxy.traffic().total, 0)
})

test('a connection that the registry breaks is broken for the client too', async t => {
  const proxy = await proxied(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => response.destroy())
  })
  const answer = await fetch(`http://${proxy.host}/v2/app/blobs/sha256:aa`)
  await assert.rejects(answer.text())
})

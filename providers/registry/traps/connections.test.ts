/** What front ends do with connections: HTTP/2 has one for everything, and an end for it (GOAWAY) in the middle. */
import assert from 'node:assert/strict'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { makeCertificates } from '../../../testdata/certificates.ts'
import { skipWithout } from '../../../testdata/docker-registry.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openTestTarget, SIGNAL } from '../testing/scripted-registry.ts'

const TOGETHER = 8

test('a server that offers HTTP/2 is spoken to in HTTP/1.1, over several connections', {
  skip: skipWithout('openssl'),
}, async t => {
  const { key, cert } = makeCertificates(temporaryFolder(t)).pem
  const versions = new Set<string>()
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    versions.add(request.httpVersion)
    const answer = () => {
      response.statusCode = request.url === '/v2/' ? 200 : 404
      response.end()
    }
    if (request.url === '/v2/') return answer()
    sockets.add(request.socket)
    waiting.push(answer)
    // All at once: with one connection at HTTP/1.1 the second would never arrive.
    if (waiting.length === TOGETHER) for (const release of waiting) release()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { repository } = await openTestTarget(t, `127.0.0.1:${(server.address() as AddressInfo).port}`)
  const tags = Array.from({ length: TOGETHER }, (_, at) => `v${at}`)
  await Promise.all(tags.map(tag => repository.resolve(tag as never, SIGNAL)))
  assert.deepEqual([...versions], ['1.1'])
  assert.equal(sockets.size, TOGETHER)
})

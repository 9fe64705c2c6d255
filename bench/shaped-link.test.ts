import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { startShapedLink } from './shaped-link.ts'

test('what goes through a slow link arrives whole in both directions, and a broken connection is broken for both', async t => {
  const upstream = createServer(async (request, response) => {
    if (request.url === '/broken') return void response.destroy()
    for await (const chunk of request) response.write(chunk)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const link = await startShapedLink(`127.0.0.1:${port}`, { latencyMs: 1, bitsPerSecond: 800_000_000 })
  t.after(async () => {
    await link.close()
    upstream.closeAllConnections()
    upstream.close()
  })
  const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => at % 251))
  const answer = await fetch(`http://${link.host}/`, { method: 'POST', body })
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(body))
  await assert.rejects(fetch(`http://${link.host}/broken`))
})

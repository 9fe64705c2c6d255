import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { startThrottlingProxy } from './throttling-proxy.ts'

test('a throttling proxy answers 429 with Retry-After above its limits and lets time fill them up again', async t => {
  const held: ServerResponse[] = []
  const upstream = createServer((_, response) => void held.push(response)).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  let time = 0
  const proxy = await startThrottlingProxy(
    `127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    { concurrent: 2, perSecond: 3 },
    () => time,
  )
  t.after(async () => {
    await proxy.close()
    upstream.closeAllConnections()
    upstream.close()
  })
  const ask = async (): Promise<[number, string | null]> => {
    const answer = await fetch(`http://${proxy.host}/v2/`)
    return [answer.status, answer.headers.get('retry-after')]
  }
  const passed = async (count: number): Promise<void> => {
    while (held.length < count) await once(upstream, 'request')
    for (const response of held.splice(0)) response.end()
  }

  const first = [ask(), ask()]
  while (held.length < 2) await once(upstream, 'request')
  assert.deepEqual(await ask(), [429, '1'], 'more than two at once')
  await passed(2)
  assert.deepEqual(await Promise.all(first), [
    [200, null],
    [200, null],
  ])
  const third = ask()
  await passed(1)
  assert.equal((await third)[0], 200)
  assert.deepEqual(await ask(), [429, '1'], 'more than three in a second')
  time = 400
  const later = ask()
  await passed(1)
  assert.equal((await later)[0], 200)
  assert.deepEqual(proxy.counted(), { passed: 4, tooMany: 1, tooFast: 1 })
})

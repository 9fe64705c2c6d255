import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connections } from './connections.ts'
import { MutationGuard } from './guard.ts'
import { SYSTEM_CLOCK } from './retry.ts'
import { Wire, type WireRequest } from './wire.ts'

test('a request that waits for nothing but its own timeout keeps the program running, and no longer', async () => {
  const { promise, reject } = Promise.withResolvers<never>()
  const connections = { dispatcherFor: async () => ({ request: () => promise }) } as unknown as Connections
  const wire = new Wire({ connections, guard: new MutationGuard(undefined), clock: SYSTEM_CLOCK })
  const request: WireRequest = {
    method: 'GET',
    url: new URL('http://registry.example/v2/'),
    intent: { kind: 'read' },
    headers: {},
    insecure: false,
  }
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  const sent = wire.send(request, new AbortController().signal)
  await new Promise(setImmediate)
  assert.equal(timers(), before + 1)
  reject(new Error('timed out'))
  await assert.rejects(sent, /timed out/)
  assert.equal(timers(), before)
})

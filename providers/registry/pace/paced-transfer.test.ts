import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { digestOf } from '../../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { openRegistries } from '../index.ts'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { contentOf, STARTED, storing } from '../testing/uploads.ts'

const CONCURRENT = 5
const PER_SECOND = 20

/** Takes five requests at once and twenty in each second of the clock; the others get 429, in the form that is their turn. */
function strict(clock: { now(): number }, handler: Handler): Handler {
  let inWork = 0
  let second = -1
  let inSecond = 0
  let refusals = 0
  return async (asked, raw) => {
    if (asked.url === '/v2/') return undefined
    const now = Math.floor(clock.now() / 1000)
    if (now !== second) inSecond = 0
    second = now
    if (inWork >= CONCURRENT || inSecond >= PER_SECOND) {
      await asked.body()
      const date = new Date(1.7e12 + now * 1000).toUTCString()
      const later = new Date(1.7e12 + now * 1000 + 1000).toUTCString()
      const forms = [{}, { 'retry-after': '1' }, { 'retry-after': later, date }]
      return { status: 429, headers: forms[refusals++ % forms.length] ?? {} }
    }
    inSecond++
    inWork++
    raw.response.once('close', () => {
      inWork--
    })
    return handler(asked, raw)
  }
}

/** Nobody waits: whoever sleeps moves the clock on. */
async function openImpatient(t: TestEnd, clockOf: (clock: { now(): number }) => Promise<string>) {
  let now = 0
  const clock = {
    now: () => now,
    random: () => 0.5,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const address = { kind: 'registry', host: await clockOf(clock), prefix: '' } as const
  const access = await openRegistries({
    home: path.join(temporaryFolder(t), 'nobody'),
    env: { CONTAINERS_REGISTRIES_CONF: '/dev/null' },
    srcTlsVerify: false,
    destTlsVerify: false,
    certsDirs: [],
    target: address,
    clock,
  })
  t.after(() => access.close())
  return access.target(address).repository('acme/app' as RepositoryPath)
}

test('many small blobs, streamed and whole, all reach a registry that takes 5 requests at once and 20 a second', async t => {
  const stored: Buffer[] = []
  const repository = await openImpatient(t, async clock => {
    const registry = await startScriptedRegistry(t, strict(clock, storing(stored)))
    return registry.host
  })
  const blobs = Array.from({ length: 120 }, (_, at) =>
    bytesFromSeed(`blob ${at}`, at % 3 === 0 ? 70_000 : 500),
  )
  const send = (bytes: Buffer) => {
    const descriptor = { mediaType: 'x', digest: digestOf(bytes), size: bytes.length }
    return repository.pushBlob(descriptor, contentOf(bytes), SIGNAL)
  }
  const results = await Promise.allSettled(blobs.map(send))
  assert.deepEqual(
    results.filter(({ status }) => status === 'rejected'),
    [],
  )
  const sorted = (list: readonly Buffer[]) => list.map(bytes => digestOf(bytes)).sort()
  assert.deepEqual(sorted(stored), sorted(blobs))
})

for (const timeouts of [{ sending: 200 }, { headers: 1000 }])
  test(`an upload that the registry stops taking is given up after a time without progress, and made again (${Object.keys(timeouts)})`, async t => {
    const blob = bytesFromSeed('large', 20_000_000)
    const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
    const stored: Buffer[] = []
    let stalls = 1
    const registry = await startScriptedRegistry(t, async (asked, raw) => {
      if (asked.method === 'PUT' && stalls-- > 0) return 'handled'
      if (asked.method === 'POST') return STARTED
      return storing(stored)(asked, raw)
    })
    const { repository } = await openTestTarget(t, registry.host, 'acme/app', { timeouts })
    await repository.pushBlob(descriptor, contentOf(blob), SIGNAL)
    assert.deepEqual(stored.at(-1), blob)
    assert.ok(stalls < 0)
  })

test('a registry that has every byte may take its time to answer, longer than a body may stall', async t => {
  const blob = bytesFromSeed('slow to check', 300_000)
  const stored: Buffer[] = []
  const registry = await startScriptedRegistry(t, async (asked, raw) => {
    if (asked.method !== 'PUT') return STARTED
    await asked.body()
    await after(900)
    return storing(stored)(asked, raw)
  })
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { timeouts: { sending: 400 } })
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
  await repository.pushBlob(descriptor, contentOf(blob), SIGNAL)
  assert.equal(stored.length, 1)
})

test('a source that is slow is no upload that stalls', async t => {
  const blob = bytesFromSeed('slow source', 300_000)
  const stored: Buffer[] = []
  const registry = await startScriptedRegistry(t, storing(stored))
  const { repository } = await openTestTarget(t, registry.host, 'acme/app', { timeouts: { sending: 400 } })
  const descriptor = { mediaType: 'x', digest: digestOf(blob), size: blob.length }
  const open = async () =>
    (async function* () {
      yield blob.subarray(0, 150_000)
      await after(900)
      yield blob.subarray(150_000)
    })()
  await repository.pushBlob(descriptor, { open }, SIGNAL)
  assert.deepEqual(stored, [blob])
  assert.equal(registry.asked.filter(line => line.startsWith('PUT')).length, 1)
})

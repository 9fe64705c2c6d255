import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  openTestClient,
  readerOf,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { RegistryError } from './registry-error.ts'
import { pauseBefore, readRetryAfter, retrying } from './retry.ts'

test('Retry-After is read as seconds, and as a date against the server’s own clock', () => {
  const date = 'Wed, 01 Jan 2020 00:00:00 GMT'
  assert.equal(readRetryAfter('7', undefined), 7000)
  assert.equal(readRetryAfter('Wed, 01 Jan 2020 00:00:30 GMT', date), 30_000)
  assert.equal(readRetryAfter('Tue, 31 Dec 2019 00:00:00 GMT', date), 0)
  assert.equal(readRetryAfter('1577836809', date), 9000)
  assert.equal(readRetryAfter('1577836809', undefined), undefined)
  assert.equal(readRetryAfter('soon', date), undefined)
  assert.equal(readRetryAfter(undefined, date), undefined)
})

test('pauses double up to a limit, vary by half, and are never shorter than asked', () => {
  const policy = (random: number) => ({
    retries: 9,
    delay: 1000,
    clock: { now: () => 0, random: () => random, sleep: async () => {} },
  })
  assert.deepEqual(
    [0, 1, 2, 9].map(failures => pauseBefore(failures, undefined, policy(1))),
    [1000, 2000, 4000, 30_000],
  )
  assert.equal(pauseBefore(2, undefined, policy(0)), 2000)
  assert.equal(pauseBefore(0, 9000, policy(1)), 9000)
})

for (const [what, others, attempts] of [
  ['while the registry takes others, a request that is told to slow down waits for its turn', 1, 101],
  ['when the registry takes nobody, a request that is told to slow down is given up after its retries', 0, 6],
] as const)
  test(what, async () => {
    let taken = 0
    let asked = 0
    const clock = { now: () => 0, random: () => 0, sleep: async () => {} }
    const policy = { retries: 5, delay: 1000, clock, taken: () => taken }
    const attempt = async () => {
      asked++
      taken += others
      throw new RegistryError({ detail: 'slow down', status: 429, retryable: true })
    }
    await assert.rejects(retrying(policy, SIGNAL, attempt), /slow down/)
    assert.ok(Math.abs(asked - attempts) <= 1, `${asked}`)
  })

for (const status of [408, 429, 499, 500, 502, 503, 504, 522])
  test(`an answer of ${status} is tried again`, async t => {
    let failures = 2
    const registry = await startScriptedRegistry(t, ({ url }) =>
      url === '/v2/' || failures-- <= 0 ? undefined : { status, headers: { 'retry-after': '3' } },
    )
    const { access, pauses } = await openTestClient(t)
    assert.equal(await readerOf(access, `${registry.host}/a:v1`).resolve('v1' as never, SIGNAL), undefined)
    assert.deepEqual(pauses, [3000, 3000])
    assert.equal(registry.asked.length, 3)
  })

test('a connection that breaks is tried again, and at last reported', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : 'hang up'))
  const { access, pauses } = await openTestClient(t)
  await assert.rejects(
    readerOf(access, `${registry.host}/a:v1`).resolve('v1' as never, SIGNAL),
    (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`^cannot look up ${registry.host}/a:v1: ${registry.host} closed the connection`),
      )
      return true
    },
  )
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000])
})

test('a server that asks for an hour’s wait is not waited for', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/'
      ? undefined
      : { ...registryError(429, 'TOOMANYREQUESTS', 'slow down'), headers: { 'retry-after': '3600' } },
  )
  const { access, pauses } = await openTestClient(t)
  await assert.rejects(
    readerOf(access, `${registry.host}/a:v1`).resolve('v1' as never, SIGNAL),
    /answered 429/,
  )
  assert.deepEqual(pauses, [])
})

test('what is refused for good is asked once', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(403, 'DENIED', 'no'),
  )
  const { access } = await openTestClient(t)
  await assert.rejects(
    readerOf(access, `${registry.host}/a:v1`).resolve('v1' as never, SIGNAL),
    /answered 403/,
  )
  assert.equal(registry.asked.length, 1)
})

test('an interrupted request ends with the reason of the interruption', async t => {
  const abort = new AbortController()
  const registry = await startScriptedRegistry(t, ({ url }) => {
    if (url === '/v2/') return undefined
    abort.abort(new Error('the user pressed Ctrl-C'))
    return 'handled'
  })
  const { access } = await openTestClient(t)
  await assert.rejects(readerOf(access, `${registry.host}/a:v1`).resolve('v1' as never, abort.signal), {
    message: 'the user pressed Ctrl-C',
  })
})

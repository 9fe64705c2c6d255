import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RegistryError } from '../http/registry-error.ts'
import { type RetryPolicy, retrying } from '../http/retry.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { ActionClass } from './action-class.ts'
import { HostPace, type PaceOptions } from './host-pace.ts'

const SIGNAL: AbortSignal = new AbortController().signal

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
}

/** A host of which `serve` is all there is, and a client that asks it at its pace. */
function pacedClient(
  clock: VirtualClock,
  serve: () => Promise<Answer>,
  options: Partial<PaceOptions> & { readonly host?: string } = {},
) {
  const pace = new HostPace(options.host ?? 'registry.example', { clock, ...options })
  const policy: RetryPolicy = { retries: 5, delay: 1000, clock, taken: () => pace.taken }
  const ask = (action: ActionClass): Promise<number> =>
    retrying(policy, SIGNAL, async () => {
      const passage = await pace.enter(action, SIGNAL)
      try {
        const { status, headers = {} } = await serve()
        passage.answered(status, headers)
        if (status >= 400) {
          const seconds = headers['retry-after']
          const retryAfter = seconds === undefined ? undefined : Number(seconds) * 1000
          throw new RegistryError({ detail: `${status}`, status, retryable: true, retryAfter })
        }
        return status
      } finally {
        passage.leave()
      }
    })
  return { pace, ask }
}

interface Limits {
  readonly concurrent: number
  readonly perSecond: number
  /** milliseconds that one request takes */
  readonly takes: number
  readonly retryAfter?: boolean
}

/** A server that counts: so many at once, so many in each second. Refusals are quick and count for nothing. */
function strictServer(clock: VirtualClock, { concurrent, perSecond, takes, retryAfter }: Limits) {
  const seen = { taken: 0, refused: 0, most: 0 }
  let inWork = 0
  let second = 0
  let inSecond = 0
  const serve = async (): Promise<Answer> => {
    const now = Math.floor(clock.now() / 1000)
    if (now !== second) inSecond = 0
    second = now
    if (inWork >= concurrent || inSecond >= perSecond) {
      seen.refused++
      await clock.sleep(1)
      return { status: 429, headers: retryAfter === true ? { 'retry-after': '1' } : {} }
    }
    inSecond++
    inWork++
    seen.most = Math.max(seen.most, inWork)
    seen.taken++
    await clock.sleep(takes)
    inWork--
    return { status: 200 }
  }
  return { seen, serve }
}

const SMALL_IMAGE: readonly ActionClass[] = [
  'read manifest',
  'write blob',
  'write blob',
  'write blob',
  'write blob',
  'write manifest',
]

async function mirror(images: number, workers: number, ask: (action: ActionClass) => Promise<number>) {
  let left = images
  const work = async () => {
    while (left-- > 0) for (const action of SMALL_IMAGE) await ask(action)
  }
  await Promise.all(Array.from({ length: workers }, work))
}

for (const retryAfter of [false, true])
  test(`500 images pass a server of 5 at once and 20 a second, ${retryAfter ? 'which says when to come back' : 'which only says 429'}, none fails and most of its limit is used`, async () => {
    const clock = new VirtualClock()
    const { seen, serve } = strictServer(clock, { concurrent: 5, perSecond: 20, takes: 40, retryAfter })
    const { ask } = pacedClient(clock, serve)
    await clock.run(mirror(500, 8, ask))
    const used = seen.taken / ((clock.now() / 1000) * 20)
    assert.equal(seen.taken, 500 * SMALL_IMAGE.length)
    assert.ok(used >= 0.8, `${Math.round(used * 100)} % of the limit used, ${seen.refused} refused`)
    assert.ok(seen.refused < seen.taken / 5, `${seen.refused} refused`)
  })

test('a server of 5 at once and no other limit is kept busy', async () => {
  const clock = new VirtualClock()
  const limits = { concurrent: 5, perSecond: Number.POSITIVE_INFINITY, takes: 50 }
  const { seen, serve } = strictServer(clock, limits)
  const { ask } = pacedClient(clock, serve)
  await clock.run(mirror(500, 16, ask))
  const used = seen.taken / ((clock.now() / 1000) * (5 / 0.05))
  assert.ok(used >= 0.6, `${Math.round(used * 100)} % of the limit used, ${seen.refused} refused`)
})

test('one request in twenty that is answered 503 slows nobody down for long', async () => {
  const clock = new VirtualClock()
  let count = 0
  const { ask } = pacedClient(clock, async () => {
    await clock.sleep(10)
    return { status: ++count % 20 === 0 ? 503 : 200 }
  })
  await clock.run(mirror(300, 8, ask))
  // Alone, eight workers would need 2.3 seconds, and each refusal costs its own item half a second or more.
  assert.ok(clock.now() < 20_000, `${clock.now()} ms`)
})

test('a host that asks for a pause gets it from everybody, in that class of work only', async () => {
  const clock = new VirtualClock()
  const sent: string[] = []
  let refuse = true
  const { pace, ask } = pacedClient(clock, async () => {
    if (!refuse) return { status: 200 }
    refuse = false
    return { status: 429, headers: { 'retry-after': '7' } }
  })
  const said = (action: ActionClass) => ask(action).then(() => sent.push(`${action} at ${clock.now()}`))
  await clock.run(
    (async () => {
      const first = said('write manifest')
      await clock.sleep(1)
      await Promise.all([first, said('write manifest'), said('read manifest')])
    })(),
  )
  assert.deepEqual(sent, ['read manifest at 1', 'write manifest at 7000', 'write manifest at 7000'])
  assert.equal(pace.taken, 3)
})

test('the user’s limit of requests a second holds for each host', async () => {
  const clock = new VirtualClock()
  const { ask } = pacedClient(clock, async () => ({ status: 200 }), { maxRequestsPerSecond: 50 })
  await clock.run(Promise.all(Array.from({ length: 101 }, () => ask('read blob'))))
  assert.ok(Math.abs(clock.now() - 2000) < 20, `${clock.now()} ms`)
})

test('the last requests of a quota are spread over the time they have to last', async () => {
  const clock = new VirtualClock()
  let remaining = 100
  const at: number[] = []
  const { ask } = pacedClient(clock, async () => {
    remaining--
    at.push(clock.now())
    return {
      status: 200,
      headers: { 'ratelimit-limit': '100;w=60', 'ratelimit-remaining': `${remaining};w=60` },
    }
  })
  await clock.run(
    (async () => {
      for (let i = 0; i < 94; i++) await ask('read manifest')
    })(),
  )
  assert.equal(at[90], 0)
  assert.deepEqual(
    [91, 92, 93].map(i => Math.round((at[i] ?? 0) - (at[i - 1] ?? 0))),
    [6000, 6667, 7500],
  )
})

test('Docker Hub is asked for manifests at its pace after a first burst, and for blobs without one', async () => {
  const clock = new VirtualClock()
  const { ask } = pacedClient(clock, async () => ({ status: 200 }), { host: 'docker.io' })
  await clock.run(Promise.all(Array.from({ length: 100 }, () => ask('read blob'))))
  assert.equal(clock.now(), 0)
  await clock.run(Promise.all(Array.from({ length: 100 }, () => ask('read manifest'))))
  assert.equal(Math.round(clock.now() / 1000), 10)
})

test('urgent work passes a full window, and who gives up waiting leaves the line', async () => {
  const clock = new VirtualClock()
  const pace = new HostPace('registry.example', { clock })
  const held = await Promise.all(Array.from({ length: 8 }, () => pace.enter('read blob', SIGNAL)))
  const abort = new AbortController()
  const waiting = pace.enter('read blob', abort.signal)
  const behind = pace.enter('read blob', SIGNAL)
  await pace.enter('read blob', SIGNAL, true)
  abort.abort(new Error('not needed any more'))
  await assert.rejects(waiting, /not needed any more/)
  held[0]?.leave()
  held[0]?.leave()
  held[1]?.leave()
  await behind
})

test('a registry that refuses everything is given up after the retries', async () => {
  const clock = new VirtualClock()
  let asked = 0
  const { ask } = pacedClient(clock, async () => {
    asked++
    return { status: 429 }
  })
  await assert.rejects(clock.run(ask('read manifest')), { status: 429 })
  assert.equal(asked, 6)
})

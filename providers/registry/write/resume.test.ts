import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PlaceError } from '../../../lib/errors.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import { behindNginx } from '../../../testdata/dialects.ts'
import { skipWithout, startDockerRegistry } from '../../../testdata/docker-registry.ts'
import type { Fault, RecordedRequest } from '../../embedded/index.ts'
import { authFile, PASSWORD } from '../testing/logins.ts'
import { openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { contentOf, embeddedTarget, LARGE, LARGE_DESCRIPTOR, STARTED } from '../testing/uploads.ts'

const SIZE = LARGE.length
const MiB = 1024 * 1024

/** Pieces of 64 KiB, with something happening before each. */
function piecewise(before: (piece: number) => Promise<void> | void): BlobContent {
  return {
    open: async () =>
      (async function* () {
        for (let at = 0; at < SIZE; at += 65_536) {
          await before(at / 65_536)
          yield LARGE.subarray(at, at + 65_536)
        }
      })(),
  }
}

/** Lets go of the thread until the server has seen what it should. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate()
}

/** The n-th request that `is` such a one meets the fault. */
function nth(n: number, is: (request: RecordedRequest) => boolean, fault: Fault) {
  let seen = 0
  return (request: RecordedRequest) => (is(request) && ++seen === n ? fault : undefined)
}

const sendsBytes = ({ what, headers }: RecordedRequest) =>
  what === 'upload' && Number(headers['content-length'] ?? 0) > 0

/** Tokens live five seconds. `wait` moves the clocks of both sides, `skew` only the server's. */
async function shortTokens(t: Parameters<typeof embeddedTarget>[0], faults = behindNginx(MiB).faults) {
  let now = 1_000_000
  const auth = { users: { user: PASSWORD }, scheme: 'bearer', tokenLifetime: 5 } as const
  const target = await embeddedTarget(t, { ...(faults && { faults }), auth, now: () => now }, host => ({
    authFile: authFile(t, host),
  }))
  const skew = (ms: number) => {
    now += ms
  }
  const wait = (ms: number) => {
    skew(ms)
    target.advance(ms)
  }
  const tokens = () => target.server.requests.filter(({ what }) => what === 'token').length
  return { ...target, skew, wait, tokens }
}

test('tokens of five seconds are replaced before they end, in an upload that takes a minute and a half', async t => {
  const { send, wait, holds, tokens, uploads, server } = await shortTokens(t)
  const isUnderWay = () => server.requests.some(request => sendsBytes(request) && request.status === 0)
  const content = piecewise(async piece => {
    // A chunk is twelve pieces.
    if (piece % 12 > 0) await until(isUnderWay)
    wait(2000)
  })
  await send()
  server.clearRequests()
  assert.equal(await send(content), 'uploaded')
  assert.ok(await holds())
  assert.equal(uploads().filter(line => line.startsWith('POST')).length, 1, uploads().join())
  assert.ok(tokens() >= 4, `${tokens()}`)
})

test('a token that ends in the middle of an upload is replaced, and the upload goes on where it was', async t => {
  const { send, skew, holds, uploads, server } = await shortTokens(t)
  await send()
  server.clearRequests()
  let isFirst = true
  const content = piecewise(async piece => {
    // The first chunk has 786,433 bytes: the last of them is in piece 12.
    if (piece !== 12 || !isFirst) return
    isFirst = false
    await until(() => server.requests.some(sendsBytes))
    skew(60_000)
  })
  assert.equal(await send(content), 'uploaded')
  assert.ok(await holds())
  assert.deepEqual(uploads(), [
    'POST 0 202',
    'PATCH 0-786432 202',
    'PATCH 786433-1572865 401',
    'GET 204',
    'PATCH 786433-1572865 202',
    'PATCH 1572866-2359298 202',
    'PATCH 2359299-3145731 202',
    'PATCH 3145732-3145732 202',
    'PUT 0 201',
  ])
})

test('a token that ends between the start of an upload and its bytes costs no second upload', async t => {
  const { send, skew, holds, uploads, server } = await shortTokens(t, () => undefined)
  let isFirst = true
  const content = piecewise(async () => {
    if (!isFirst) return
    isFirst = false
    await until(() => server.requests.some(({ method, status }) => method === 'POST' && status === 202))
    skew(60_000)
  })
  assert.equal(await send(content), 'uploaded')
  assert.ok(await holds())
  assert.deepEqual(uploads(), ['POST 0 202', `PUT ${SIZE} 401`, 'GET 204', `PUT ${SIZE} 201`])
  assert.ok(server.requests.every(({ method, status }) => method !== 'PUT' || status !== 500))
})

test('tokens that are revoked again and again end an upload only when nothing arrives in between', async t => {
  const { send, holds, server, uploads } = await shortTokens(t)
  await send()
  server.clearRequests()
  const reached = new Set<number>()
  const content = piecewise(async piece => {
    if (piece % 12 !== 0 || piece === 0 || reached.has(piece)) return
    reached.add(piece)
    await until(() => server.requests.some(sendsBytes))
    server.revokeTokens()
  })
  assert.equal(await send(content), 'uploaded')
  assert.ok(await holds())
  assert.equal(uploads().filter(line => line.startsWith('POST')).length, 1, uploads().join())
  assert.ok(uploads().filter(line => line.endsWith('401')).length >= 3, uploads().join())
})

test('an upload whose connection breaks goes on from what the registry has', async t => {
  const { send, holds, uploads, pauses } = await embeddedTarget(t, {
    faults: nth(1, sendsBytes, { do: 'hang-up', afterBytes: 2 * MiB }),
  })
  assert.equal(await send(), 'uploaded')
  assert.ok(await holds())
  // Whether the last byte had left is chance; if so, the registry is first asked whether it has the blob.
  const [start, broken, status, rest, end] = uploads().filter(line => line !== 'HEAD 404')
  assert.equal(start, 'POST 0 202')
  assert.match(broken ?? '', /^PUT 3145733/)
  assert.equal(status, 'GET 204')
  const from = Number(/^PATCH (\d+)-3145732 202$/.exec(rest ?? '')?.[1])
  assert.ok(from > 0 && from < SIZE, rest)
  assert.equal(end, 'PUT 0 201')
  assert.equal(pauses.length, 1)
})

test('an upload that is complete, and only its answer was lost, is not sent again', async t => {
  const stored: Buffer[] = []
  const { host, asked } = await startScriptedRegistry(t, async ({ method, body }, { response }) => {
    if (method === 'POST') return STARTED
    if (method === 'HEAD') return stored.length > 0 ? { status: 200 } : undefined
    if (method !== 'PUT') return undefined
    stored.push(await body())
    response.socket?.destroy()
    return 'handled'
  })
  const { repository } = await openTestTarget(t, host)
  assert.equal(await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL), 'uploaded')
  assert.deepEqual(
    asked.map(line => line.split(' ')[0]),
    ['POST', 'PUT', 'HEAD'],
  )
})

test('a registry that says wrongly how far an upload came gets the blob from the start', async t => {
  let lie = true
  let kept: Uint8Array | undefined
  const { host, asked } = await startScriptedRegistry(t, async ({ method, body }) => {
    if (method === 'POST') return STARTED
    if (method === 'GET') return { status: 204, headers: { range: '0-999' } }
    if (method === 'HEAD') return undefined
    const bytes = await body()
    if (method === 'PATCH') return { status: 202 }
    if (bytes.length === 0) return { status: 400 }
    if (lie) {
      lie = false
      return { status: 503 }
    }
    kept = bytes
    return { status: 201 }
  })
  const { repository } = await openTestTarget(t, host)
  assert.equal(await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL), 'uploaded')
  assert.deepEqual(kept, LARGE)
  assert.deepEqual(
    asked.map(line => line.split(' ')[0]),
    ['POST', 'PUT', 'HEAD', 'GET', 'PATCH', 'PUT', 'POST', 'PUT'],
  )
})

test('an upload that the registry no longer knows, because it was restarted, is started again in the same way', async t => {
  const { send, uploads, holds } = await embeddedTarget(t, {
    faults: nth(1, sendsBytes, {
      do: 'status',
      status: 404,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown"}]}',
    }),
  })
  assert.equal(await send(), 'uploaded')
  assert.equal(await send(), 'uploaded')
  assert.ok(await holds())
  const put = `PUT ${SIZE}`
  assert.deepEqual(uploads(), [
    'POST 0 202',
    `${put} 404`,
    'POST 0 202',
    `${put} 201`,
    'POST 0 202',
    `${put} 201`,
  ])
})

test('an upload that is told to come back later (429) goes on where it is, without asking', async t => {
  const { send, uploads, holds, pauses } = await embeddedTarget(t, {
    faults: nth(1, sendsBytes, { do: 'status', status: 429, headers: { 'retry-after': '7' } }),
  })
  assert.equal(await send(), 'uploaded')
  assert.ok(await holds())
  assert.deepEqual(uploads(), ['POST 0 202', `PUT ${SIZE} 429`, `PUT ${SIZE} 201`])
  assert.deepEqual(pauses, [7000])
})

test('a source that breaks off is read again, and the upload goes on', async t => {
  const { send, uploads, holds, server } = await embeddedTarget(t)
  let isFirst = true
  const content = piecewise(async piece => {
    if (piece !== 40 || !isFirst) return
    isFirst = false
    await until(() => server.requests.some(({ bytesIn }) => bytesIn > MiB))
    throw new PlaceError('the source broke off', { retryable: true })
  })
  assert.equal(await send(content), 'uploaded')
  assert.ok(await holds())
  assert.equal(uploads().filter(line => line.startsWith('POST')).length, 1, uploads().join())
})

test('docker-registry: an upload that breaks off is finished, by going on or from the start', {
  skip: skipWithout('docker-registry'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(() => registry.close())
  const { repository } = await openTestTarget(t, registry.host)
  let isFirst = true
  const content = piecewise(piece => {
    if (piece !== 40 || !isFirst) return
    isFirst = false
    throw new PlaceError('the source broke off', { retryable: true })
  })
  assert.equal(await repository.pushBlob(LARGE_DESCRIPTOR, content, SIGNAL), 'uploaded')
  assert.equal(await repository.hasBlob(LARGE_DESCRIPTOR, SIGNAL), true)
})

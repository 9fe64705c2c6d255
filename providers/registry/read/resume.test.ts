import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { DigestMismatchError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../../testdata/bytes.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import {
  type Asked,
  type Handler,
  openTestClient,
  readerOf,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const BLOB = bytesFromSeed('resumed', 300_000)
const DESCRIPTOR = { mediaType: 'application/octet-stream', digest: digestOf(BLOB), size: BLOB.length }
const LAST = BLOB.length - 1

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

type Raw = Parameters<Handler>[1]

function rangeOf({ headers }: Asked): number | undefined {
  const first = /^bytes=(\d+)-\d+$/.exec(headers.range ?? '')?.[1]
  return first === undefined ? undefined : Number(first)
}

/** The head of an answer for the whole, or for the rest, and so many of its bytes; then the connection breaks. */
function breakAfter(bytes: number, { response }: Raw, from?: number): 'handled' {
  const rest = BLOB.subarray(from ?? 0)
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': String(rest.length),
    ...(from !== undefined && { 'content-range': `bytes ${from}-${LAST}/${BLOB.length}` }),
  })
  response.write(rest.subarray(0, bytes), () => response.destroy())
  return 'handled'
}

/** Breaks the first download after 100,000 bytes, and answers the rest as `then` says. */
async function broken(t: TestEnd, then: Handler) {
  let first = true
  const registry = await startScriptedRegistry(t, (asked, raw) => {
    if (asked.url === '/v2/') return undefined
    if (!first) return then(asked, raw)
    first = false
    return breakAfter(100_000, raw)
  })
  const { access, pauses } = await openTestClient(t)
  const read = async () => collect(await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL))
  const ranges = () => registry.requests.slice(1).map(({ headers }) => headers.range)
  return { registry, read, pauses, ranges }
}

const rest: Handler = asked => {
  const from = rangeOf(asked) ?? 0
  return {
    status: 206,
    headers: { 'content-range': `bytes ${from}-${LAST}/${BLOB.length}` },
    body: BLOB.subarray(from),
  }
}

test('a blob whose connection breaks is read on from where it stopped, by a closed range', async t => {
  const { read, ranges } = await broken(t, rest)
  assert.deepEqual(await read(), BLOB)
  const [first, second, third] = ranges()
  assert.deepEqual([first, third], [undefined, undefined])
  assert.match(second ?? '', new RegExp(`^bytes=[1-9]\\d*-${LAST}$`))
})

test('a server that ignores ranges sends the blob again, and its bytes are delivered once', async t => {
  const { read, ranges } = await broken(t, () => ({ body: BLOB }))
  assert.deepEqual(await read(), BLOB)
  assert.equal(ranges().length, 2)
})

for (const status of [400, 405, 416, 501])
  test(`a server that refuses ranges with ${status} is asked for the whole blob`, async t => {
    const { read, ranges } = await broken(t, asked =>
      rangeOf(asked) === undefined ? { body: BLOB } : { status, body: 'no' },
    )
    assert.deepEqual(await read(), BLOB)
    assert.deepEqual(
      ranges().map(range => range !== undefined),
      [false, true, false],
    )
  })

const WRONG_RANGES = [
  ['another start', `bytes 0-${LAST}/${BLOB.length}`],
  ['another size', `bytes FROM-${LAST}/${BLOB.length + 1}`],
  ['an end behind the end', `bytes FROM-${BLOB.length}/${BLOB.length + 1}`],
  ['no Content-Range', ''],
] as const

for (const [what, contentRange] of WRONG_RANGES)
  test(`a part of a blob with ${what} is not taken`, async t => {
    const { read, ranges } = await broken(t, asked => {
      const from = rangeOf(asked)
      if (from === undefined) return { body: BLOB }
      const header = contentRange.replace('FROM', String(from))
      return {
        status: 206,
        headers: header === '' ? {} : { 'content-range': header },
        body: BLOB.subarray(from),
      }
    })
    assert.deepEqual(await read(), BLOB)
    assert.equal(ranges().length, 3)
  })

test('a range that is answered with less than asked is asked on', async t => {
  const { read } = await broken(t, asked => {
    const from = rangeOf(asked) ?? 0
    const end = Math.min(from + 30_000, BLOB.length)
    return {
      status: 206,
      headers: { 'content-range': `bytes ${from}-${end - 1}/*` },
      body: BLOB.subarray(from, end),
    }
  })
  assert.deepEqual(await read(), BLOB)
})

test('a connection that breaks again and again is followed as long as it brings something new', async t => {
  const { read, ranges } = await broken(t, (asked, raw) => breakAfter(20_000, raw, rangeOf(asked)))
  assert.deepEqual(await read(), BLOB)
  assert.ok(ranges().length > 8)
})

test('a connection that brings nothing new is given up after the retries', async t => {
  const { read, ranges, pauses } = await broken(t, (_, raw) => breakAfter(50_000, raw))
  await assert.rejects(read(), /^RegistryError: cannot read the blob .* closed the connection/)
  assert.equal(ranges().length, 6)
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000])
})

test('a blob that stops coming is read on over another connection', async t => {
  let stalls = 1
  const registry = await startScriptedRegistry(t, (asked, raw) => {
    if (asked.url === '/v2/') return undefined
    if (stalls-- <= 0) return rest(asked, raw)
    raw.response.writeHead(200, { 'content-length': String(BLOB.length) })
    raw.response.write(BLOB.subarray(0, 100_000))
    return 'handled'
  })
  const { access } = await openTestClient(t, { timeouts: { body: 50 } })
  assert.deepEqual(await collect(await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)), BLOB)
})

for (const status of [400, 401, 403, 410])
  test(`a signed address that ran out in the middle, answered with ${status}, is asked for anew`, async t => {
    let signature = 0
    const storage = await startScriptedRegistry(t, (asked, raw) => {
      if (asked.query.get('sig') !== String(signature)) return { status, body: 'expired' }
      if (signature === 1) {
        signature++
        return breakAfter(100_000, raw)
      }
      return rangeOf(asked) === undefined ? { body: BLOB } : rest(asked, raw)
    })
    const registry = await startScriptedRegistry(t, ({ url }) => {
      if (url === '/v2/') return undefined
      // The first address after the break is an old one.
      if (signature === 0) signature++
      const sig = registry.asked.length === 2 ? 1 : signature
      return { status: 307, headers: { location: `${storage.url}/blob?sig=${sig}` } }
    })
    const { access } = await openTestClient(t)
    const read = await collect(await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL))
    assert.deepEqual(read, BLOB)
    assert.ok(registry.asked.length >= 3)
  })

test('an answer without a length that ends early is read on', async t => {
  let first = true
  const registry = await startScriptedRegistry(t, (asked, raw) => {
    if (asked.url === '/v2/') return undefined
    if (!first) return rest(asked, raw)
    first = false
    return { body: BLOB.subarray(0, 150_000), headers: { 'transfer-encoding': 'chunked' } }
  })
  const { access } = await openTestClient(t)
  const read = await collect(await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL))
  assert.deepEqual(read, BLOB)
})

for (const [what, body] of [
  ['truncated', BLOB.subarray(0, 299_999)],
  ['too long', Buffer.concat([BLOB, BLOB])],
] as const)
  test(`a blob that the server holds ${what} is not asked for for ever, and then an error`, async t => {
    const registry = await startScriptedRegistry(t, ({ url }) =>
      url === '/v2/' ? undefined : { body, headers: { 'content-length': String(body.length) } },
    )
    const { access } = await openTestClient(t)
    const stream = await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)
    await assert.rejects(collect(stream), DigestMismatchError)
    assert.ok(registry.asked.length <= 6)
  })

test('a small blob that comes damaged five times is asked for again, and nobody sees the damage', async t => {
  const small = BLOB.subarray(0, 500)
  const descriptor = { mediaType: 'x', digest: digestOf(small), size: small.length }
  const damaged = Buffer.from(small)
  damaged[7] = (damaged[7] ?? 0) ^ 1
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : { body: registry.asked.length < 6 ? damaged : small },
  )
  const { access } = await openTestClient(t)
  assert.deepEqual(
    await collect(await readerOf(access, `${registry.host}/a`).blob(descriptor, SIGNAL)),
    small,
  )
  assert.equal(registry.asked.length, 6)
})

test('damage in the part that was read on is found, over the whole', async t => {
  const { read } = await broken(t, (asked, raw) => {
    const reply = rest(asked, raw) as { body: Uint8Array }
    const body = Buffer.from(reply.body)
    body[1000] = (body[1000] ?? 0) ^ 1
    return { ...reply, body }
  })
  await assert.rejects(read(), DigestMismatchError)
})

test('a mirror that fails in the middle of a blob is followed by another, from the same byte', async t => {
  const mirror = await startScriptedRegistry(t, ({ url }, raw) =>
    url === '/v2/' ? undefined : raw.response.destroyed ? undefined : breakOnce(raw),
  )
  let breaks = 0
  const breakOnce = (raw: Raw) => (breaks++ === 0 ? breakAfter(100_000, raw) : 'hang up')
  const own = await startScriptedRegistry(t, (asked, raw) =>
    asked.url === '/v2/' ? undefined : rest(asked, raw),
  )
  const conf = path.join(temporaryFolder(t), 'registries.conf')
  writeFileSync(
    conf,
    `[[registry]]\nprefix = "logical.example"\nlocation = "${own.host}"\n[[registry.mirror]]\nlocation = "${mirror.host}"\n`,
  )
  const { access } = await openTestClient(t, { registriesConf: conf, retries: 1 })
  const read = await collect(await readerOf(access, 'logical.example/a').blob(DESCRIPTOR, SIGNAL))
  assert.deepEqual(read, BLOB)
  assert.match(own.requests.at(-1)?.headers.range ?? '', /^bytes=[1-9]\d*-299999$/)
})

test('a stream that nobody begins to read lets its connection go', async t => {
  let closed: () => void = () => {}
  const whenClosed = new Promise<void>(resolve => {
    closed = resolve
  })
  const registry = await startScriptedRegistry(t, ({ url }, { response }) => {
    if (url === '/v2/') return undefined
    response.on('close', closed)
    response.writeHead(200, { 'content-length': String(BLOB.length) })
    response.write(BLOB.subarray(0, 200_000))
    return 'handled'
  })
  const { access } = await openTestClient(t)
  const stream = await readerOf(access, `${registry.host}/a`).blob(DESCRIPTOR, SIGNAL)
  await stream[Symbol.asyncIterator]().return?.()
  await whenClosed
})

test('wherever connections break, and whether or not there are ranges, a blob arrives whole', async t => {
  let breaks: number[] = []
  let hasRanges = true
  const registry = await startScriptedRegistry(t, (asked, raw) => {
    if (asked.url === '/v2/') return undefined
    const after = breaks.shift()
    const from = hasRanges ? rangeOf(asked) : undefined
    if (after !== undefined) return breakAfter(after, raw, from)
    return from === undefined ? { body: BLOB } : rest(asked, raw)
  })
  const { access } = await openTestClient(t)
  const reader = readerOf(access, `${registry.host}/a`)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(BLOB.length), { maxLength: 4 }),
      fc.boolean(),
      async (points, ranges) => {
        breaks = [...points]
        hasRanges = ranges
        assert.deepEqual(await collect(await reader.blob(DESCRIPTOR, SIGNAL)), BLOB)
      },
    ),
    { numRuns: 25 },
  )
})

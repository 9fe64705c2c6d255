import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PlaceError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import {
  type Asked,
  type Handler,
  openTestTarget,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { BLOB, contentOf, DESCRIPTOR, push, QUERY, STARTED, storing, UPLOADS } from '../testing/uploads.ts'
import { locationOf, withDigest } from './upload-location.ts'

test('a blob is uploaded in two requests, streamed, with its length and digest', async t => {
  const stored: Buffer[] = []
  const { send, registry } = await push(t, storing(stored))
  assert.equal(await send(), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  assert.deepEqual(registry.asked, [`POST ${UPLOADS}`, `PUT /up/1?_state=a%2Bb%3D&${QUERY}`])
  const headers = registry.requests.at(-1)?.headers
  assert.equal(headers?.['content-length'], String(BLOB.length))
  assert.equal(headers?.['content-type'], 'application/octet-stream')
  assert.equal(headers?.['transfer-encoding'], undefined)
})

test('an empty blob and a small one are uploaded like any other', async t => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('{}')]) {
    const stored: Buffer[] = []
    const registry = await startScriptedRegistry(t, storing(stored))
    const { repository } = await openTestTarget(t, registry.host)
    await repository.pushBlob(
      { mediaType: 'x', digest: digestOf(bytes), size: bytes.length },
      contentOf(bytes),
      SIGNAL,
    )
    assert.deepEqual(stored, [bytes])
    assert.equal(registry.requests.at(-1)?.headers['content-length'], String(bytes.length))
  }
})

test('a blob is opened at its source while its upload is begun, and let go of when that is refused', async t => {
  let opened = 0
  let ended = 0
  const openedAtPost: number[] = []
  const registry = await startScriptedRegistry(t, ({ method }) => {
    if (method !== 'POST') return undefined
    openedAtPost.push(opened)
    return registryError(403, 'DENIED', 'no')
  })
  const { repository } = await openTestTarget(t, registry.host)
  const content: BlobContent = {
    open: async () => {
      opened++
      return (async function* () {
        try {
          yield BLOB
        } finally {
          ended++
        }
      })()
    },
  }
  await assert.rejects(repository.pushBlob(DESCRIPTOR, content, SIGNAL), { status: 403 })
  assert.deepEqual([opened, openedAtPost], [1, [1]])
  while (ended === 0) await setImmediate()
})

test('a Location on another host is followed without the login', async t => {
  const stored: Buffer[] = []
  const storage = await startScriptedRegistry(t, storing(stored))
  const { send } = await push(t, ({ method }) =>
    method === 'POST' ? { status: 202, headers: { location: `${storage.url}/bucket?sig=1` } } : undefined,
  )
  assert.equal(await send(), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  assert.equal(storage.requests[0]?.headers.authorization, undefined)
})

test('a Location keeps its query, and the scheme that the registry is reached by', () => {
  const url = new URL('https://reg.example/v2/a/blobs/uploads/')
  const at = (location: string) => locationOf({ headers: { location }, url }).href
  assert.equal(at('uuid?x=1'), 'https://reg.example/v2/a/blobs/uploads/uuid?x=1')
  assert.equal(at('http://reg.example/up'), 'https://reg.example/up')
  assert.equal(at('http://other.example/up'), 'http://other.example/up')
  assert.equal(withDigest(new URL('https://a/up'), DESCRIPTOR.digest).href, `https://a/up?${QUERY}`)
})

for (const status of [404, 405, 416])
  test(`a registry that answers a streaming PUT with ${status} gets PATCH and PUT, at once the next time`, async t => {
    const stored: Buffer[] = []
    const { send, registry } = await push(t, async asked => {
      if (asked.method === 'POST') return STARTED
      if (asked.method === 'PATCH') {
        stored.push(await asked.body())
        return { status: 202, headers: { location: '/up/2?x=1' } }
      }
      if (asked.method !== 'PUT') return undefined
      return { status: asked.path === '/up/2' ? 201 : status }
    })
    assert.equal(await send(), 'uploaded')
    assert.equal(await send(), 'uploaded')
    assert.deepEqual(stored, [BLOB, BLOB])
    assert.deepEqual(
      registry.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, headers }) => `${method} ${headers['content-length']}`),
      ['POST 0', 'PUT 300000', 'POST 0', 'PATCH 300000', 'PUT 0', 'POST 0', 'PATCH 300000', 'PUT 0'],
    )
    assert.equal(registry.asked.at(-1), `PUT /up/2?x=1&${QUERY}`)
  })

test('an upload that broke is made again from the start of the source', async t => {
  const stored: Buffer[] = []
  const opened: string[] = []
  let failures = 2
  const fail: Handler = ({ method }) => {
    if (method !== 'PUT' || failures-- <= 0) return undefined
    return failures === 1 ? 'hang up' : { status: 503 }
  }
  const { send, pauses } = await push(t, storing(stored, fail), contentOf(BLOB, opened))
  assert.equal(await send(), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  assert.equal(opened.length, 3)
  assert.deepEqual(pauses, [1000, 2000])
})

test('a source that fails is what is reported, and is asked again only when that may help', async t => {
  for (const retryable of [true, false]) {
    let failures = 1
    const stored: Buffer[] = []
    const content: BlobContent = {
      open: async () => {
        if (failures-- <= 0) return contentOf(BLOB).open(SIGNAL)
        return (async function* () {
          yield BLOB.subarray(0, 100_000)
          throw new PlaceError('the disk is gone', { retryable })
        })()
      },
    }
    const { send } = await push(t, storing(stored), content)
    if (retryable) assert.equal(await send(), 'uploaded')
    else await assert.rejects(send(), { message: 'the disk is gone' })
  }
})

test('a source that ends early never becomes a blob', async t => {
  const stored: Buffer[] = []
  const short = BLOB.subarray(0, 200_000)
  const { send } = await push(t, storing(stored), contentOf(short))
  await assert.rejects(send())
  assert.deepEqual(stored, [])
})

test('the same blob pushed twice at the same time is uploaded once', async t => {
  const stored: Buffer[] = []
  const { send } = await push(t, storing(stored))
  assert.deepEqual(await Promise.all([send(), send(), send()]), ['uploaded', 'uploaded', 'uploaded'])
  assert.equal(stored.length, 1)
})

test('a token that runs out during the upload is replaced and the upload made again, once', async t => {
  const stored: Buffer[] = []
  let tokens = 0
  const serve =
    (refuse: (asked: Asked) => boolean): Handler =>
    async (asked, raw) => {
      if (asked.path === '/token') return { body: JSON.stringify({ token: `T${++tokens}` }) }
      const unauthorized = {
        status: 401,
        headers: { 'www-authenticate': `Bearer realm="http://${asked.headers.host}/token"` },
      }
      if (asked.headers.authorization === undefined || refuse(asked)) return unauthorized
      return storing(stored)(asked, raw)
    }
  const once = await push(
    t,
    serve(({ method, headers }) => method === 'PUT' && headers.authorization === 'Bearer T1'),
  )
  assert.equal(await once.send(), 'uploaded')
  assert.deepEqual(stored, [BLOB])
  const always = await push(
    t,
    serve(({ method }) => method === 'PUT'),
  )
  await assert.rejects(always.send(), { status: 401 })
  assert.equal(always.registry.requests.filter(({ method }) => method === 'PUT').length, 2)
})

test('refusals say what may be done', async t => {
  const rows: readonly [Handler, RegExp, RegExp][] = [
    [
      () => registryError(404, 'NAME_UNKNOWN', 'no project'),
      /answered 404 NAME_UNKNOWN/,
      /have to be created first/,
    ],
    [
      storing([], ({ method }) =>
        method === 'PUT' ? { status: 413, headers: { server: 'nginx' }, body: '<html>' } : undefined,
      ),
      /answered 413 <html> \(server: nginx\)/,
      /client_max_body_size/,
    ],
    [
      storing([], ({ method }) =>
        method === 'PUT' ? { status: 308, headers: { location: 'https://elsewhere/x?s=1' } } : undefined,
      ),
      /answered 308/,
      /points to https:\/\/elsewhere\/x:/,
    ],
  ]
  for (const [handler, message, hint] of rows) {
    const { send } = await push(t, handler)
    await assert.rejects(send(), (error: unknown) => {
      assert.ok(error instanceof PlaceError)
      assert.match(error.message, /^cannot push the blob /)
      assert.match(error.message, message)
      assert.match(error.hint ?? '', hint)
      return true
    })
  }
})

test('a registry that says it stored something else is not believed', async t => {
  const { send } = await push(t, ({ method }) =>
    method === 'POST'
      ? STARTED
      : { status: 201, headers: { 'docker-content-digest': digestOf('something else') } },
  )
  await assert.rejects(send(), /says that it stored sha256:/)
})

test('a blob is there when HEAD says so with the right size', async t => {
  let length = BLOB.length
  const registry = await startScriptedRegistry(t, ({ method, path }) =>
    method === 'HEAD' && path.includes('/there/')
      ? { headers: { 'content-length': String(length) } }
      : undefined,
  )
  const { access, address } = await openTestTarget(t, registry.host)
  const has = (path: string) =>
    access
      .target(address)
      .repository(path as never)
      .hasBlob(DESCRIPTOR, SIGNAL)
  assert.equal(await has('there'), true)
  assert.equal(await has('absent'), false)
  length = 5
  assert.equal(await has('there'), false)
})

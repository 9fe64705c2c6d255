/** Reading requests: paths, ranges and pages, without a server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pageOf } from './paging.ts'
import { Problem } from './problem.ts'
import { chunkRange, downloadRange } from './ranges.ts'
import { checkMethod, parseRoute, type Route } from './routes.ts'

const HEX = 'a'.repeat(64)
const DIGEST = `sha256:${HEX}`

const ROUTES: readonly (readonly [path: string, route: object])[] = [
  ['/v2/', { what: 'ping' }],
  ['/v2', { what: 'ping' }],
  ['/token', { what: 'token' }],
  ['/v2/_catalog', { what: 'catalog' }],
  ['/v2/app/manifests/v1', { what: 'manifest', repository: 'app', reference: 'v1' }],
  [`/v2/a/b/c/manifests/${DIGEST}`, { what: 'manifest', repository: 'a/b/c', reference: DIGEST }],
  [`/v2/a/manifests/blobs/${DIGEST}`, { what: 'blob', repository: 'a/manifests', reference: DIGEST }],
  ['/v2/a/blobs/uploads/', { what: 'upload', repository: 'a' }],
  ['/v2/a/blobs/uploads', { what: 'upload', repository: 'a' }],
  ['/v2/a/blobs/uploads/id-1', { what: 'upload', repository: 'a', reference: 'id-1' }],
  ['/v2/a/tags/list', { what: 'tags', repository: 'a' }],
  [`/v2/a/referrers/${DIGEST}`, { what: 'referrers', repository: 'a', reference: DIGEST }],
  ['/v2/a', { what: 'unknown' }],
  ['/', { what: 'unknown' }],
]

for (const [path, route] of ROUTES)
  test(`${path} is the endpoint ${JSON.stringify(route)}`, () => assert.deepEqual(parseRoute(path), route))

const MALFORMED: readonly (readonly [path: string, code: string])[] = [
  ['/v2/UPPER/manifests/v1', 'NAME_INVALID'],
  ['/v2/../etc/manifests/v1', 'NAME_INVALID'],
  ['/v2/a//b/tags/list', 'NAME_INVALID'],
  ['/v2/a/manifests/-v1', 'TAG_INVALID'],
  ['/v2/a/manifests/sha256:short', 'DIGEST_INVALID'],
  ['/v2/a/blobs/v1', 'DIGEST_INVALID'],
  [`/v2/a/referrers/md5:${HEX}`, 'DIGEST_INVALID'],
]

for (const [path, code] of MALFORMED)
  test(`${path} is refused as ${code}`, () => {
    assert.throws(
      () => parseRoute(path),
      error => error instanceof Problem && error.code === code,
    )
  })

test('no path makes the reader fail in any other way than with a problem', () => {
  fc.assert(
    fc.property(fc.webPath(), path => {
      try {
        parseRoute(`/v2${path}`)
      } catch (error) {
        assert.ok(error instanceof Problem)
      }
    }),
  )
})

test('a method that an endpoint lacks is answered 405 with those it has', () => {
  const refused = (route: Route, method: string): Problem | undefined => {
    try {
      checkMethod(route, method)
    } catch (error) {
      if (error instanceof Problem) return error
    }
    return undefined
  }
  assert.equal(refused(parseRoute('/v2/a/tags/list'), 'PUT')?.status, 405)
  assert.equal(refused(parseRoute('/v2/a/tags/list'), 'PUT')?.headers.allow, 'GET')
  assert.equal(refused(parseRoute('/v2/a/blobs/uploads/'), 'PUT')?.status, 405)
  assert.equal(refused(parseRoute('/v2/a/blobs/uploads/'), 'POST'), undefined)
  assert.equal(refused(parseRoute('/v2/a/blobs/uploads/id'), 'POST')?.status, 405)
  assert.equal(refused(parseRoute('/v1/'), 'GET')?.status, 404)
})

const DOWNLOADS: readonly (readonly [header: string | undefined, expected: unknown])[] = [
  [undefined, undefined],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=2-5', { start: 2, end: 5 }],
  ['bytes=2-', { start: 2, end: 9 }],
  ['bytes=2-100', { start: 2, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-100', { start: 0, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-2', undefined],
  ['bytes=0-1,3-4', undefined],
  ['lines=0-1', undefined],
]

for (const [header, expected] of DOWNLOADS)
  test(`of ten bytes, Range ${header} means ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(downloadRange(header, 10), expected))

test('a chunk is placed by a Content-Range with or without its unit', () => {
  assert.deepEqual(chunkRange('0-1023'), { start: 0, end: 1023 })
  assert.deepEqual(chunkRange('bytes 10-19/*'), { start: 10, end: 19 })
  assert.deepEqual(chunkRange('bytes 10-19/20'), { start: 10, end: 19 })
  assert.equal(chunkRange('from here'), undefined)
})

test('following the links of any page size gives every item once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/)),
      fc.integer({ min: 1, max: 5 }),
      (items, size) => {
        const sorted = items.sort()
        const seen: string[] = []
        let next: string | undefined = `/v2/a/tags/list?n=${size}`
        while (next !== undefined) {
          const page = pageOf(sorted, new URL(next, 'http://registry'))
          assert.ok(page.items.length <= size)
          seen.push(...page.items)
          next = /^<(.+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
        }
        assert.deepEqual(seen, sorted)
      },
    ),
  )
})

test('a page of zero items is empty, and a page size that is no number is refused', () => {
  assert.deepEqual(pageOf(['a'], new URL('http://registry/?n=0')), { items: [], headers: {} })
  assert.throws(() => pageOf(['a'], new URL('http://registry/?n=many')), Problem)
})

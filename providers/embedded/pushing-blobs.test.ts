/** OCI distribution-spec 1.1, "Push", blobs: each row is one requirement. */
import assert from 'node:assert/strict'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import {
  type Ask,
  BLOB,
  BLOB_DIGEST,
  firstBlob,
  IMAGE,
  location,
  NOWHERE,
  REPOSITORY,
  type Rule,
  refused,
  testRules,
  withDigest,
} from '../../testdata/conformance.ts'

const PUSHING: readonly Rule[] = [
  [
    'a blob is pushed by POST then PUT',
    async ({ ask }) => {
      const place = await begin(ask)
      const done = await ask('PUT', withDigest(place, BLOB_DIGEST), { body: BLOB })
      assert.equal(done.status, 201)
      assert.equal(done.headers.get('location'), `/v2/acme/new/blobs/${BLOB_DIGEST}`)
      assert.equal(await pulled(ask, 'acme/new', BLOB_DIGEST), 0)
    },
  ],
  [
    'a blob is pushed by one POST with ?digest=',
    async ({ ask }) => {
      const done = await ask('POST', `/v2/acme/new/blobs/uploads/?digest=${BLOB_DIGEST}`, { body: BLOB })
      assert.equal(done.status, 201)
      assert.equal(await pulled(ask, 'acme/new', BLOB_DIGEST), 0)
    },
  ],
  [
    'a blob is pushed in chunks, the last one with the PUT',
    async ({ ask }) => {
      const place = await begin(ask)
      const first = await ask('PATCH', place, chunk(0, 1999))
      assert.equal(first.status, 202)
      assert.equal(first.headers.get('range'), '0-1999')
      assert.equal((await ask('PATCH', location(first), chunk(2000, 3999))).headers.get('range'), '0-3999')
      assert.equal((await ask('PUT', withDigest(place, BLOB_DIGEST), chunk(4000, 4999))).status, 201)
      assert.equal(await pulled(ask, 'acme/new', BLOB_DIGEST), 0)
    },
  ],
  [
    'a chunk without Content-Range is appended (a stream of unknown length)',
    async ({ ask }) => {
      const place = await begin(ask)
      assert.equal((await ask('PATCH', place, { body: BLOB })).status, 202)
      assert.equal((await ask('PUT', withDigest(place, BLOB_DIGEST))).status, 201)
    },
  ],
  [
    'a chunk out of order is 416 with the range that is there, and the upload goes on',
    async ({ ask }) => {
      const place = await begin(ask)
      await ask('PATCH', place, chunk(0, 1999))
      const wrong = await ask('PATCH', place, chunk(3000, 4999))
      assert.equal(wrong.status, 416)
      assert.equal(wrong.headers.get('range'), '0-1999')
      assert.equal((await ask('PATCH', location(wrong), chunk(2000, 4999))).status, 202)
      assert.equal((await ask('PUT', withDigest(place, BLOB_DIGEST))).status, 201)
    },
  ],
  [
    'the status of an upload is 204 with Location and Range',
    async ({ ask }) => {
      const place = await begin(ask)
      await ask('PATCH', place, chunk(0, 99))
      const status = await ask('GET', place)
      assert.equal(status.status, 204)
      assert.equal(status.headers.get('range'), '0-99')
      assert.equal(status.headers.get('location'), place)
    },
  ],
  [
    'a cancelled upload is gone',
    async ({ ask }) => {
      const place = await begin(ask)
      assert.equal((await ask('DELETE', place)).status, 204)
      await refused(ask('GET', place), 404, 'BLOB_UPLOAD_UNKNOWN')
      await refused(ask('PATCH', place, { body: BLOB }), 404, 'BLOB_UPLOAD_UNKNOWN')
    },
  ],
  [
    'an upload belongs to the repository it was begun in',
    async ({ ask }) => {
      const place = await begin(ask)
      await refused(ask('GET', place.replace('acme/new', 'acme/other')), 404, 'BLOB_UPLOAD_UNKNOWN')
    },
  ],
  [
    'bytes that do not match the digest are 400 DIGEST_INVALID, and nothing is stored',
    async ({ ask }) => {
      await refused(ask('PUT', withDigest(await begin(ask), NOWHERE), { body: BLOB }), 400, 'DIGEST_INVALID')
      await refused(
        ask('POST', `/v2/acme/new/blobs/uploads/?digest=${NOWHERE}`, { body: BLOB }),
        400,
        'DIGEST_INVALID',
      )
      assert.equal((await ask('HEAD', `/v2/acme/new/blobs/${NOWHERE}`)).status, 404)
      assert.equal((await ask('HEAD', `/v2/acme/new/blobs/${BLOB_DIGEST}`)).status, 404)
    },
  ],
  [
    'a PUT without a digest is 400 DIGEST_INVALID',
    async ({ ask }) => refused(ask('PUT', await begin(ask), { body: BLOB }), 400, 'DIGEST_INVALID'),
  ],
  [
    'a sha512 digest is as good as a sha256 one',
    async ({ ask }) => {
      const digest = digestOf(BLOB, 'sha512')
      assert.equal((await ask('PUT', withDigest(await begin(ask), digest), { body: BLOB })).status, 201)
      assert.equal(await pulled(ask, 'acme/new', digest), 0)
    },
  ],
  [
    'an empty blob can be pushed',
    async ({ ask }) => {
      const digest = digestOf('')
      assert.equal((await ask('PUT', withDigest(await begin(ask), digest))).status, 201)
      const answer = await ask('GET', `/v2/acme/new/blobs/${digest}`)
      assert.deepEqual([answer.status, answer.bytes.length], [200, 0])
    },
  ],
  [
    'a mount from a repository that holds the blob is 201',
    async ({ ask }) => {
      const [digest] = firstBlob(IMAGE)
      const answer = await ask('POST', `/v2/acme/new/blobs/uploads/?mount=${digest}&from=${REPOSITORY}`)
      assert.equal(answer.status, 201)
      assert.equal(answer.headers.get('location'), `/v2/acme/new/blobs/${digest}`)
      assert.equal((await ask('HEAD', `/v2/acme/new/blobs/${digest}`)).status, 200)
    },
  ],
  [
    'a mount from a repository that lacks the blob begins an upload instead: 202',
    async ({ ask }) => {
      const [digest, bytes] = firstBlob(IMAGE)
      const answer = await ask('POST', `/v2/acme/new/blobs/uploads/?mount=${digest}&from=acme/other`)
      assert.equal(answer.status, 202)
      assert.equal(
        (await ask('PUT', withDigest(location(answer), digest), { body: Buffer.from(bytes) })).status,
        201,
      )
    },
  ],
]

testRules(PUSHING)

async function begin(ask: Ask): Promise<string> {
  const answer = await ask('POST', '/v2/acme/new/blobs/uploads/')
  assert.equal(answer.status, 202)
  return location(answer)
}

async function pulled(ask: Ask, repository: string, digest: Digest): Promise<number> {
  return (await ask('GET', `/v2/${repository}/blobs/${digest}`)).bytes.compare(BLOB)
}

function chunk(start: number, end: number): RequestInit {
  return { headers: { 'content-range': `${start}-${end}` }, body: BLOB.subarray(start, end + 1) }
}

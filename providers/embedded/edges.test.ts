/** OCI distribution-spec 1.1, what it says of the edges: each row is one requirement. */
import assert from 'node:assert/strict'
import { MAX_MANIFEST_BYTES } from '../../lib/oci/manifest.ts'
import {
  BLOB,
  BLOB_DIGEST,
  firstBlob,
  IMAGE,
  json,
  location,
  REPOSITORY,
  type Rule,
  refused,
  testRules,
  withDigest,
} from '../../testdata/conformance.ts'

const EDGES: readonly Rule[] = [
  [
    'a page of no tags is empty and has no Link',
    async ({ ask }) => {
      const answer = await ask('GET', `/v2/${REPOSITORY}/tags/list?n=0`)
      assert.deepEqual(json(answer), { name: REPOSITORY, tags: [] })
      assert.equal(answer.headers.get('link'), null)
    },
  ],
  [
    'referrers of what is no digest are 400',
    async ({ ask }) => {
      assert.equal((await ask('GET', `/v2/${REPOSITORY}/referrers/v1`)).status, 400)
      assert.equal((await ask('GET', `/v2/${REPOSITORY}/referrers/sha256:xyz`)).status, 400)
    },
  ],
  [
    'a manifest of exactly 4 MiB is taken',
    async ({ ask }) => {
      const { mediaType, bytes } = IMAGE.manifest
      const body = Buffer.alloc(MAX_MANIFEST_BYTES, ' ')
      body.set(bytes)
      const put = { headers: { 'content-type': mediaType }, body }
      assert.equal((await ask('PUT', `/v2/${REPOSITORY}/manifests/large`, put)).status, 201)
      const pulled = await ask('GET', `/v2/${REPOSITORY}/manifests/large`)
      assert.equal(pulled.bytes.compare(body), 0)
    },
  ],
  [
    'a mount that does not say from where begins an upload',
    async ({ ask }) => {
      const [digest, bytes] = firstBlob(IMAGE)
      const begun = await ask('POST', `/v2/acme/new/blobs/uploads/?mount=${digest}`)
      assert.equal(begun.status, 202)
      const done = await ask('PUT', withDigest(location(begun), digest), { body: Buffer.from(bytes) })
      assert.equal(done.status, 201)
    },
  ],
  [
    'a blob that is pushed twice is there once, and both pushes are 201',
    async ({ ask }) => {
      for (let times = 0; times < 2; times++) {
        const done = await ask('POST', `/v2/acme/new/blobs/uploads/?digest=${BLOB_DIGEST}`, { body: BLOB })
        assert.equal(done.status, 201)
      }
      assert.equal((await ask('HEAD', `/v2/acme/new/blobs/${BLOB_DIGEST}`)).status, 200)
    },
  ],
  [
    'an upload that is closed cannot be gone on with',
    async ({ ask }) => {
      const place = location(await ask('POST', '/v2/acme/new/blobs/uploads/'))
      assert.equal((await ask('PUT', withDigest(place, BLOB_DIGEST), { body: BLOB })).status, 201)
      await refused(ask('PATCH', place, { body: BLOB }), 404, 'BLOB_UPLOAD_UNKNOWN')
    },
  ],
]

testRules(EDGES)

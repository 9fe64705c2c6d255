/** OCI distribution-spec 1.1, "Pull": each row is one requirement. */
import assert from 'node:assert/strict'
import {
  firstBlob,
  IMAGE,
  NOWHERE,
  REPOSITORY,
  type Rule,
  refused,
  testRules,
} from '../../testdata/conformance.ts'

const PULLING: readonly Rule[] = [
  ['GET /v2/ answers 200', async ({ ask }) => assert.equal((await ask('GET', '/v2/')).status, 200)],
  [
    'a manifest is pulled by tag and by digest, verbatim, with its type, length and digest',
    async ({ ask }) => {
      for (const reference of ['v1', IMAGE.manifest.digest]) {
        const answer = await ask('GET', `/v2/${REPOSITORY}/manifests/${reference}`)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.get('content-type'), IMAGE.manifest.mediaType)
        assert.equal(answer.headers.get('docker-content-digest'), IMAGE.manifest.digest)
        assert.equal(answer.bytes.compare(IMAGE.manifest.bytes), 0)
      }
    },
  ],
  [
    'HEAD of a manifest has the headers of GET and no content',
    async ({ ask }) => {
      const answer = await ask('HEAD', `/v2/${REPOSITORY}/manifests/v1`)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-length'), String(IMAGE.manifest.bytes.length))
      assert.equal(answer.headers.get('docker-content-digest'), IMAGE.manifest.digest)
      assert.equal(answer.bytes.length, 0)
    },
  ],
  [
    'an unknown manifest is 404 MANIFEST_UNKNOWN',
    async ({ ask }) => {
      for (const reference of ['v2', NOWHERE])
        await refused(ask('GET', `/v2/${REPOSITORY}/manifests/${reference}`), 404, 'MANIFEST_UNKNOWN')
      assert.equal((await ask('HEAD', `/v2/${REPOSITORY}/manifests/v2`)).status, 404)
    },
  ],
  [
    'a blob is pulled by digest, and HEAD tells its length',
    async ({ ask }) => {
      const [digest, bytes] = firstBlob(IMAGE)
      const answer = await ask('GET', `/v2/${REPOSITORY}/blobs/${digest}`)
      assert.equal(answer.bytes.compare(bytes), 0)
      assert.equal(answer.headers.get('docker-content-digest'), digest)
      const head = await ask('HEAD', `/v2/${REPOSITORY}/blobs/${digest}`)
      assert.equal(head.headers.get('content-length'), String(bytes.length))
    },
  ],
  [
    'an unknown blob is 404 BLOB_UNKNOWN',
    async ({ ask }) => refused(ask('GET', `/v2/${REPOSITORY}/blobs/${NOWHERE}`), 404, 'BLOB_UNKNOWN'),
  ],
  [
    'a blob that only another repository holds is 404',
    async ({ ask }) =>
      refused(ask('GET', `/v2/acme/other/blobs/${firstBlob(IMAGE)[0]}`), 404, 'BLOB_UNKNOWN'),
  ],
  [
    'a manifest that only another repository holds is 404, though it is in the folder',
    async ({ ask }) =>
      refused(ask('GET', `/v2/acme/other/manifests/${IMAGE.manifest.digest}`), 404, 'MANIFEST_UNKNOWN'),
  ],
  [
    'closed and open ranges of a blob are 206 with Content-Range',
    async ({ ask }) => {
      const [digest, bytes] = firstBlob(IMAGE)
      const path = `/v2/${REPOSITORY}/blobs/${digest}`
      const closed = await ask('GET', path, { headers: { range: 'bytes=2-5' } })
      assert.equal(closed.status, 206)
      assert.equal(closed.headers.get('content-range'), `bytes 2-5/${bytes.length}`)
      assert.equal(closed.bytes.compare(bytes.subarray(2, 6)), 0)
      const open = await ask('GET', path, { headers: { range: 'bytes=7-' } })
      assert.equal(open.status, 206)
      assert.equal(open.bytes.compare(bytes.subarray(7)), 0)
    },
  ],
  [
    'a range past the end is 416 with the length',
    async ({ ask }) => {
      const [digest, bytes] = firstBlob(IMAGE)
      const answer = await ask('GET', `/v2/${REPOSITORY}/blobs/${digest}`, {
        headers: { range: 'bytes=999999-' },
      })
      assert.equal(answer.status, 416)
      assert.equal(answer.headers.get('content-range'), `bytes */${bytes.length}`)
    },
  ],
]

testRules(PULLING)

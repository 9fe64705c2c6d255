/** OCI distribution-spec 1.1, "Push", manifests: each row is one requirement. */
import assert from 'node:assert/strict'
import { OCI_INDEX } from '../../lib/oci/media-types.ts'
import { IMAGE, NOWHERE, put, REPOSITORY, type Rule, refused, testRules } from '../../testdata/conformance.ts'
import { buildImage, buildIndex } from '../../testdata/images.ts'

const PUSHING: readonly Rule[] = [
  [
    'a manifest is pushed by tag and by digest: 201 with Location and its digest',
    async ({ ask }) => {
      for (const reference of ['v2', IMAGE.manifest.digest]) {
        const answer = await put(ask, REPOSITORY, reference, IMAGE)
        assert.equal(answer.status, 201)
        assert.equal(answer.headers.get('location'), `/v2/${REPOSITORY}/manifests/${IMAGE.manifest.digest}`)
        assert.equal(answer.headers.get('docker-content-digest'), IMAGE.manifest.digest)
        assert.equal(answer.headers.get('oci-subject'), null)
      }
    },
  ],
  [
    'a manifest sent under a digest that is not its own is 400 DIGEST_INVALID',
    async ({ ask }) => refused(put(ask, REPOSITORY, NOWHERE, IMAGE), 400, 'DIGEST_INVALID'),
  ],
  [
    'a manifest whose blobs are not in its repository is MANIFEST_BLOB_UNKNOWN',
    async ({ ask }) => refused(put(ask, 'acme/other', 'v1', IMAGE), 400, 'MANIFEST_BLOB_UNKNOWN'),
  ],
  [
    'an index whose children are not in its repository is MANIFEST_BLOB_UNKNOWN',
    async ({ ask }) =>
      refused(
        put(ask, REPOSITORY, 'list', buildIndex([buildImage({ seed: 'x' })])),
        400,
        'MANIFEST_BLOB_UNKNOWN',
      ),
  ],
  [
    'what is no manifest, or is sent as another type, is 400 MANIFEST_INVALID',
    async ({ ask }) => {
      const path = `/v2/${REPOSITORY}/manifests/bad`
      const headers = { 'content-type': OCI_INDEX }
      await refused(ask('PUT', path, { headers, body: 'no json' }), 400, 'MANIFEST_INVALID')
      await refused(ask('PUT', path, { headers, body: '{"schemaVersion":1}' }), 400, 'MANIFEST_INVALID')
      await refused(
        ask('PUT', path, { headers, body: Buffer.from(IMAGE.manifest.bytes) }),
        400,
        'MANIFEST_INVALID',
      )
    },
  ],
  [
    'a manifest over 4 MiB is 413',
    async ({ ask }) => {
      const answer = await ask('PUT', `/v2/${REPOSITORY}/manifests/big`, {
        body: Buffer.alloc(5 * 1024 * 1024),
      })
      assert.equal(answer.status, 413)
    },
  ],
]

testRules(PUSHING)

/** OCI distribution-spec 1.1, "Content Discovery" and "Content Management": each row is one requirement. */
import assert from 'node:assert/strict'
import { OCI_INDEX } from '../../lib/oci/media-types.ts'
import {
  BLOB,
  BLOB_DIGEST,
  firstBlob,
  IMAGE,
  json,
  NOWHERE,
  put,
  REPOSITORY,
  type Rule,
  refused,
  testRules,
} from '../../testdata/conformance.ts'
import { buildArtifact, buildImage } from '../../testdata/images.ts'

const LISTING: readonly Rule[] = [
  [
    'tags are listed in order, in pages joined by Link, after `last`',
    async ({ ask }) => {
      for (const tag of ['b', 'a', 'c']) await put(ask, REPOSITORY, tag, IMAGE)
      const path = `/v2/${REPOSITORY}/tags/list`
      assert.deepEqual(json(await ask('GET', path)), { name: REPOSITORY, tags: ['a', 'b', 'c', 'v1'] })
      const page = await ask('GET', `${path}?n=2`)
      assert.deepEqual(json(page), { name: REPOSITORY, tags: ['a', 'b'] })
      const next = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      const last = await ask('GET', next)
      assert.deepEqual(json(last), { name: REPOSITORY, tags: ['c', 'v1'] })
      assert.equal(last.headers.get('link'), null)
    },
  ],
  [
    'the tags of an unknown repository are 404 NAME_UNKNOWN',
    async ({ ask }) => refused(ask('GET', '/v2/acme/none/tags/list'), 404, 'NAME_UNKNOWN'),
  ],
  [
    'a name that breaks the grammar is 400 NAME_INVALID',
    async ({ ask }) => refused(ask('GET', '/v2/ACME/tags/list'), 400, 'NAME_INVALID'),
  ],
  [
    'the catalog lists repositories, in pages',
    async ({ ask }) => {
      await ask('POST', `/v2/acme/new/blobs/uploads/?digest=${BLOB_DIGEST}`, { body: BLOB })
      assert.deepEqual(json(await ask('GET', '/v2/_catalog')), { repositories: [REPOSITORY, 'acme/new'] })
      const page = await ask('GET', '/v2/_catalog?n=1')
      assert.deepEqual(json(page), { repositories: [REPOSITORY] })
      assert.ok(page.headers.get('link')?.includes('last=acme%2Fapp'))
    },
  ],
  [
    'a manifest with a subject is confirmed by OCI-Subject and listed as a referrer, even before its subject is there',
    async ({ ask }) => {
      const subject = buildImage({ seed: 'not pushed' })
      const artifact = buildArtifact({
        artifactType: 'application/vnd.sbom',
        subject,
        annotations: { made: 'here' },
      })
      for (const [digest, bytes] of artifact.blobs)
        await ask('POST', `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`, { body: Buffer.from(bytes) })
      const answer = await put(ask, REPOSITORY, artifact.manifest.digest, artifact)
      assert.equal(answer.headers.get('oci-subject'), subject.manifest.digest)
      const list = await ask('GET', `/v2/${REPOSITORY}/referrers/${subject.manifest.digest}`)
      assert.equal(list.headers.get('content-type'), OCI_INDEX)
      assert.deepEqual(json(list), {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [{ ...artifact.descriptor, annotations: { made: 'here' } }],
      })
    },
  ],
  [
    'referrers are filtered by artifactType, and the answer says so',
    async ({ ask }) => {
      for (const artifactType of ['application/vnd.a', 'application/vnd.b']) {
        const artifact = buildArtifact({ artifactType, subject: IMAGE })
        for (const [digest, bytes] of artifact.blobs)
          await ask('POST', `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`, { body: Buffer.from(bytes) })
        await put(ask, REPOSITORY, artifact.manifest.digest, artifact)
      }
      const path = `/v2/${REPOSITORY}/referrers/${IMAGE.manifest.digest}`
      const all = json(await ask('GET', path)) as { manifests: unknown[] }
      assert.equal(all.manifests.length, 2)
      const some = await ask('GET', `${path}?artifactType=application/vnd.a`)
      assert.equal(some.headers.get('oci-filters-applied'), 'artifactType')
      const { manifests } = json(some) as { manifests: { artifactType: string }[] }
      assert.deepEqual(
        manifests.map(each => each.artifactType),
        ['application/vnd.a'],
      )
    },
  ],
  [
    'a digest without referrers has an empty list, not a 404',
    async ({ ask }) => {
      const answer = await ask('GET', `/v2/${REPOSITORY}/referrers/${NOWHERE}`)
      assert.equal(answer.status, 200)
      assert.deepEqual((json(answer) as { manifests: unknown[] }).manifests, [])
    },
  ],
]

const DELETING: readonly Rule[] = [
  [
    'deleting a tag leaves the manifest and its other tags',
    async ({ ask }) => {
      await put(ask, REPOSITORY, 'v2', IMAGE)
      assert.equal((await ask('DELETE', `/v2/${REPOSITORY}/manifests/v1`)).status, 202)
      await refused(ask('GET', `/v2/${REPOSITORY}/manifests/v1`), 404, 'MANIFEST_UNKNOWN')
      assert.equal((await ask('GET', `/v2/${REPOSITORY}/manifests/v2`)).status, 200)
      assert.equal((await ask('GET', `/v2/${REPOSITORY}/manifests/${IMAGE.manifest.digest}`)).status, 200)
    },
  ],
  [
    'deleting a manifest takes its tags with it',
    async ({ ask }) => {
      assert.equal((await ask('DELETE', `/v2/${REPOSITORY}/manifests/${IMAGE.manifest.digest}`)).status, 202)
      await refused(ask('GET', `/v2/${REPOSITORY}/manifests/v1`), 404, 'MANIFEST_UNKNOWN')
      assert.deepEqual(json(await ask('GET', `/v2/${REPOSITORY}/tags/list`)), { name: REPOSITORY, tags: [] })
    },
  ],
  [
    'a deleted blob is gone from its repository only',
    async ({ ask }) => {
      const [digest] = firstBlob(IMAGE)
      await ask('POST', `/v2/acme/new/blobs/uploads/?mount=${digest}&from=${REPOSITORY}`)
      assert.equal((await ask('DELETE', `/v2/${REPOSITORY}/blobs/${digest}`)).status, 202)
      assert.equal((await ask('HEAD', `/v2/${REPOSITORY}/blobs/${digest}`)).status, 404)
      assert.equal((await ask('HEAD', `/v2/acme/new/blobs/${digest}`)).status, 200)
    },
  ],
  [
    'a deleted referrer is no longer listed',
    async ({ ask }) => {
      const artifact = buildArtifact({ artifactType: 'application/vnd.a', subject: IMAGE })
      for (const [digest, bytes] of artifact.blobs)
        await ask('POST', `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`, { body: Buffer.from(bytes) })
      await put(ask, REPOSITORY, artifact.manifest.digest, artifact)
      await ask('DELETE', `/v2/${REPOSITORY}/manifests/${artifact.manifest.digest}`)
      const answer = await ask('GET', `/v2/${REPOSITORY}/referrers/${IMAGE.manifest.digest}`)
      assert.deepEqual((json(answer) as { manifests: unknown[] }).manifests, [])
    },
  ],
  [
    'deleting what is not there is 404',
    async ({ ask }) => {
      await refused(ask('DELETE', `/v2/${REPOSITORY}/manifests/none`), 404, 'MANIFEST_UNKNOWN')
      await refused(ask('DELETE', `/v2/${REPOSITORY}/blobs/${NOWHERE}`), 404, 'BLOB_UNKNOWN')
    },
  ],
]

testRules([...LISTING, ...DELETING])

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { OCI_INDEX } from '../../../lib/oci/media-types.ts'
import type { TargetAbilities } from '../../../lib/provider.ts'
import {
  type Handler,
  json,
  openTestTarget,
  type Reply,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const BYTES = Buffer.from(`{ "schemaVersion": 2, "mediaType": "${OCI_INDEX}", "manifests": [] }`)
const MANIFEST = { digest: digestOf(BYTES), mediaType: OCI_INDEX, bytes: BYTES }

async function open(t: Parameters<typeof openTestTarget>[0], handler: Handler) {
  const registry = await startScriptedRegistry(t, handler)
  return { registry, ...(await openTestTarget(t, registry.host)) }
}

function expectFailure(message: RegExp, hint: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof PlaceError)
    assert.match(error.message, message)
    assert.match(error.hint ?? '', hint)
    return true
  }
}

test('a manifest is put verbatim, under a tag and under its digest', async t => {
  const bodies: Buffer[] = []
  const { repository, registry } = await open(t, async asked => {
    if (asked.method === 'PUT') bodies.push(await asked.body())
    return { status: 201, headers: { 'docker-content-digest': MANIFEST.digest } }
  })
  await repository.pushManifest(MANIFEST, 'v1' as never, SIGNAL)
  await repository.pushManifest(MANIFEST, MANIFEST.digest, SIGNAL)
  assert.deepEqual(registry.asked, [
    'PUT /v2/acme/app/manifests/v1',
    `PUT /v2/acme/app/manifests/${MANIFEST.digest}`,
  ])
  assert.deepEqual(bodies, [BYTES, BYTES])
  assert.equal(registry.requests.at(-1)?.headers['content-type'], OCI_INDEX)
})

test('a registry that stores its own version of a manifest is an error', async t => {
  const { repository } = await open(t, () => ({
    status: 201,
    headers: { 'docker-content-digest': digestOf('converted') },
  }))
  await assert.rejects(
    repository.pushManifest(MANIFEST, 'v1' as never, SIGNAL),
    expectFailure(/stored it as sha256:/, /converts manifests/),
  )
})

test('an immutable tag that already names the manifest counts as done, another one does not', async t => {
  let there = MANIFEST.digest
  const { repository } = await open(t, ({ method, url }) =>
    url === '/v2/'
      ? undefined
      : method === 'PUT'
        ? registryError(400, 'TAG_INVALID', 'the tag is immutable')
        : {
            headers: {
              'content-type': OCI_INDEX,
              'docker-content-digest': there,
              'content-length': String(BYTES.length),
            },
          },
  )
  await repository.pushManifest(MANIFEST, 'v1' as never, SIGNAL)
  there = digestOf('other')
  await assert.rejects(
    repository.pushManifest(MANIFEST, 'v1' as never, SIGNAL),
    expectFailure(/answered 400 TAG_INVALID: the tag is immutable/, /does not let it move/),
  )
})

test('a manifest whose parts are missing is refused with the reason', async t => {
  const { repository } = await open(t, ({ method }) =>
    method === 'PUT' ? registryError(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown') : undefined,
  )
  await assert.rejects(
    repository.pushManifest(MANIFEST, MANIFEST.digest, SIGNAL),
    expectFailure(/404 MANIFEST_BLOB_UNKNOWN/, /sparse indexes/),
  )
})

test('deletes succeed when there is nothing left to delete', async t => {
  for (const status of [202, 200, 404]) {
    const { repository, registry } = await open(t, () => ({ status }))
    await repository.deleteTag('v1' as never, SIGNAL)
    await repository.deleteManifest(MANIFEST.digest, SIGNAL)
    assert.deepEqual(registry.asked, [
      'DELETE /v2/acme/app/manifests/v1',
      `DELETE /v2/acme/app/manifests/${MANIFEST.digest}`,
    ])
  }
})

test('deletes that a registry does not allow say how to allow them', async t => {
  const { repository } = await open(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(405, 'UNSUPPORTED', 'The operation is unsupported.'),
  )
  await assert.rejects(
    repository.deleteManifest(MANIFEST.digest, SIGNAL),
    expectFailure(/^cannot delete the manifest .* answered 405 UNSUPPORTED/, /storage.delete.enabled: true/),
  )
})

test('a tag that cannot be deleted alone says so', async t => {
  const { repository } = await open(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(400, 'DIGEST_INVALID', 'provided digest did not match'),
  )
  await assert.rejects(
    repository.deleteTag('v1' as never, SIGNAL),
    expectFailure(/^cannot delete the tag .*acme\/app:v1/, /cannot delete a tag alone/),
  )
})

const ALL: readonly (keyof TargetAbilities)[] = ['deleteTag', 'deleteManifest', 'sparseIndex', 'referrersApi']
const GO_PAGE: Reply = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'docker-distribution-api-version': 'registry/2.0' },
  body: '404 page not found\n',
}
const EMPTY_INDEX = json({ schemaVersion: 2, manifests: [] }, { 'content-type': OCI_INDEX })
const UNKNOWN = registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown')

/** [what kind of registry, DELETE of a tag, DELETE of a digest, GET of referrers, headers of /v2/, expected] */
const REGISTRIES: readonly [string, Reply, Reply, Reply, Record<string, string>, string][] = [
  ['distribution 2.8', registryError(400, 'DIGEST_INVALID', ''), UNKNOWN, GO_PAGE, {}, 'no yes no no'],
  ['distribution 2.8 without deletes', { status: 405 }, { status: 405 }, GO_PAGE, {}, 'no no no no'],
  ['one with everything', UNKNOWN, UNKNOWN, EMPTY_INDEX, {}, 'yes yes unknown yes'],
  [
    'the embedded one',
    UNKNOWN,
    { status: 202 },
    EMPTY_INDEX,
    { 'mirrorform-registry': '1; sparse-index=yes' },
    'yes yes yes yes',
  ],
  [
    'the embedded one, strict',
    UNKNOWN,
    UNKNOWN,
    EMPTY_INDEX,
    { 'mirrorform-registry': 'sparse-index=no' },
    'yes yes no yes',
  ],
  [
    'one that does not have the repository yet',
    registryError(404, 'NAME_UNKNOWN', ''),
    registryError(404, 'NAME_UNKNOWN', ''),
    registryError(404, 'NAME_UNKNOWN', ''),
    {},
    'yes yes unknown unknown',
  ],
  [
    'one that allows nothing',
    { status: 403 },
    { status: 403 },
    { status: 404 },
    {},
    'unknown unknown unknown no',
  ],
  [
    'a proxy',
    { status: 404, body: 'nothing here' },
    { status: 404 },
    { status: 404 },
    {},
    'unknown unknown unknown no',
  ],
]

for (const [kind, tag, digest, referrers, headers, expected] of REGISTRIES)
  test(`what a registry can do is found out without changing it: ${kind}`, async t => {
    const { access, address, registry } = await open(t, ({ method, path }) => {
      if (path === '/v2/') return { headers }
      if (method === 'DELETE') return path.includes('/sha256:') ? digest : tag
      return path.includes('/referrers/') ? referrers : undefined
    })
    const target = access.target(address)
    const able = await target.abilities('acme/app' as never, ALL, SIGNAL)
    assert.equal(
      [able.deleteTag, able.deleteManifest, able.sparseIndex, able.referrersApi].join(' '),
      expected,
    )
    const count = registry.asked.length
    assert.ok(count <= 5)
    const again = await target.abilities('acme/app' as never, ALL, SIGNAL)
    assert.deepEqual(again, able)
    if (!expected.includes('unknown')) assert.equal(registry.asked.length, count)
  })

test('only what is asked for is probed', async t => {
  const { access, address, registry } = await open(t, () => UNKNOWN)
  const able = await access.target(address).abilities('acme/app' as never, ['deleteManifest'], SIGNAL)
  assert.deepEqual(able, {
    deleteTag: 'unknown',
    deleteManifest: 'yes',
    sparseIndex: 'unknown',
    referrersApi: 'unknown',
  })
  assert.match(registry.asked.join(), /^DELETE \/v2\/acme\/app\/manifests\/sha256:[0-9a-f]{64}$/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../../lib/oci/media-types.ts'
import {
  json,
  openTestTarget,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { nextLink } from './pages.ts'

const SUBJECT = digestOf('subject')
const REFERRER = {
  mediaType: OCI_MANIFEST,
  digest: digestOf('referrer'),
  size: 12,
  artifactType: 'text/sbom',
}

test('tags are followed through pages whose links are relative, absolute and opaque', async t => {
  const registry = await startScriptedRegistry(t, ({ url, headers }) => {
    if (url === '/v2/acme/app/tags/list?n=1000')
      return json(
        { tags: ['b', 'a'] },
        { link: '</v2/acme/app/tags/list?cursor=x%2By==&n=1000>; rel="next"' },
      )
    if (url === '/v2/acme/app/tags/list?cursor=x%2By==&n=1000')
      return json({ tags: ['c'] }, { link: `<http://${headers.host}/v2/_next/3>; rel=next` })
    return url === '/v2/_next/3' ? json({ tags: ['d'] }) : undefined
  })
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['a', 'b', 'c', 'd'], complete: true })
  assert.equal(registry.asked.length, 3)
})

test('a limit ends the listing, and it is said that there is more', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : json({ tags: ['a', 'b'] }, { link: '</more>; rel="next"' }),
  )
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.tags(SIGNAL, 2), { tags: ['a', 'b'], complete: false })
  assert.deepEqual(registry.asked, ['GET /v2/acme/app/tags/list?n=2'])
})

test('junk among the tags is left out, and a list of null is empty', async t => {
  let tags: unknown = ['v1', null, 7, digestOf('x'), '', '-no', 'v1']
  const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : json({ tags })))
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['v1'], complete: true })
  tags = null
  assert.deepEqual(await repository.tags(SIGNAL), { tags: [], complete: true })
})

test('a repository that is not there has no list of tags', async t => {
  const registry = await startScriptedRegistry(t, () => undefined)
  const { repository } = await openTestTarget(t, registry.host)
  assert.equal(await repository.tags(SIGNAL), undefined)
})

test('pages that go in a circle are an error, not an endless loop', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : json({ tags: ['a'] }, { link: '</v2/again>; rel="next"' }),
  )
  const { repository } = await openTestTarget(t, registry.host)
  await assert.rejects(repository.tags(SIGNAL), /sends its pages in a circle/)
})

test('a Link header is read among others', () => {
  const url = new URL('https://reg.example/v2/a/tags/list')
  const at = (link: string) => nextLink({ headers: { link }, url })?.href
  assert.equal(at('<https://x/1>; rel="prev", </2?a=,b>; title=x; rel="next"'), 'https://reg.example/2?a=,b')
  assert.equal(at('</1>; rel="last"'), undefined)
  assert.equal(at(''), undefined)
})

test('referrers are listed through pages, each once', async t => {
  const list = (manifests: unknown, link?: string) =>
    json({ schemaVersion: 2, manifests }, { 'content-type': OCI_INDEX, ...(link && { link }) })
  const registry = await startScriptedRegistry(t, ({ url }) => {
    if (url === `/v2/acme/app/referrers/${SUBJECT}`) return list([REFERRER], '</v2/page2>; rel="next"')
    return url === '/v2/page2' ? list([REFERRER, { ...REFERRER, digest: digestOf('second') }]) : undefined
  })
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.referrers(SUBJECT, SIGNAL), [
    REFERRER,
    { ...REFERRER, digest: digestOf('second') },
  ])
})

test('a registry without the referrers API is asked once', async t => {
  for (const reply of [
    { status: 404, body: '404 page not found\n' },
    { status: 405 },
    { headers: { 'content-type': 'text/html' }, body: '<html>welcome</html>' },
  ]) {
    const registry = await startScriptedRegistry(t, ({ url }) => (url === '/v2/' ? undefined : reply))
    const { repository } = await openTestTarget(t, registry.host)
    assert.equal(await repository.referrers(SUBJECT, SIGNAL), undefined)
    assert.equal(await repository.referrers(digestOf('other'), SIGNAL), undefined)
    assert.equal(registry.asked.length, 1)
  }
})

test('a repository that is not there says nothing about the referrers API', async t => {
  const registry = await startScriptedRegistry(t, ({ url }) =>
    url === '/v2/' ? undefined : registryError(404, 'NAME_UNKNOWN', 'no such repository'),
  )
  const { repository } = await openTestTarget(t, registry.host)
  assert.equal(await repository.referrers(SUBJECT, SIGNAL), undefined)
  assert.equal(await repository.referrers(SUBJECT, SIGNAL), undefined)
  assert.equal(registry.asked.length, 2)
})

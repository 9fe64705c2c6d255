/** The switches that make the embedded registry behave like other, less able ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { buildImage, buildIndex, buildMultiArch } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import type { RegistryServerOptions } from './registry-server.ts'
import { startRegistryServer } from './server.ts'

const IMAGE = buildImage({ seed: 'options' })

async function startWithImage(t: TestEnd, options: Partial<RegistryServerOptions>) {
  const server = await startTestRegistry(t, options)
  await pushToServer(server.url, 'acme/app', 'v1', IMAGE)
  const ask = (method: string, path: string): Promise<Response> =>
    fetch(`${server.url}/v2/acme/app/${path}`, { method })
  return { server, ask }
}

async function codeOf(answer: Response): Promise<string | undefined> {
  const { errors } = (await answer.json()) as { errors: { code: string }[] }
  return errors[0]?.code
}

test('with deletes switched off, tags, manifests and blobs stay, and the answer is 405', async t => {
  const { ask } = await startWithImage(t, { allowDelete: false })
  const [blob] = [...IMAGE.blobs.keys()]
  for (const path of ['manifests/v1', `manifests/${IMAGE.manifest.digest}`, `blobs/${blob}`]) {
    const answer = await ask('DELETE', path)
    assert.deepEqual([answer.status, await codeOf(answer)], [405, 'UNSUPPORTED'])
    assert.equal((await ask('HEAD', path)).status, 200)
  }
})

test('with deletes switched off, an upload can still be cancelled', async t => {
  const { server } = await startWithImage(t, { allowDelete: false })
  const begun = await fetch(`${server.url}/v2/acme/app/blobs/uploads/`, { method: 'POST' })
  const place = new URL(begun.headers.get('location') ?? '', server.url)
  assert.equal((await fetch(place, { method: 'DELETE' })).status, 204)
})

test('without tag deletes, a tag is refused as docker-registry does it, and a digest is fine', async t => {
  const { ask } = await startWithImage(t, { allowTagDelete: false })
  const answer = await ask('DELETE', 'manifests/v1')
  assert.deepEqual([answer.status, await codeOf(answer)], [400, 'DIGEST_INVALID'])
  assert.equal((await ask('DELETE', `manifests/${IMAGE.manifest.digest}`)).status, 202)
})

test('every answer says whether an index may lack children, and it is so', async t => {
  const sparse = buildIndex([buildImage({ seed: 'left out' })])
  const strict = await startWithImage(t, {})
  assert.equal(
    (await fetch(`${strict.server.url}/v2/`)).headers.get('mirrorform-registry'),
    'sparse-index=no',
  )
  await assert.rejects(pushToServer(strict.server.url, 'acme/app', 'v2', { ...sparse, children: [] }))
  const { server } = await startWithImage(t, { requireChildren: false })
  assert.equal((await fetch(`${server.url}/v2/`)).headers.get('mirrorform-registry'), 'sparse-index=yes')
  assert.equal((await fetch(`${server.url}/v2/x/y/z`)).headers.get('mirrorform-registry'), 'sparse-index=yes')
  await pushToServer(server.url, 'acme/app', 'v2', { ...sparse, children: [] })
})

test('without the referrers API, asking is 404 and pushing a referrer confirms nothing', async t => {
  const { server, ask } = await startWithImage(t, { referrersApi: false })
  assert.equal((await ask('GET', `referrers/${IMAGE.manifest.digest}`)).status, 404)
  const referrer = buildImage({ seed: 'referrer', subject: IMAGE })
  await pushToServer(server.url, 'acme/app', 'v2', referrer)
  const answer = await fetch(`${server.url}/v2/acme/app/manifests/v2`, {
    method: 'PUT',
    headers: { 'content-type': referrer.manifest.mediaType },
    body: Buffer.from(referrer.manifest.bytes),
  })
  assert.deepEqual([answer.status, answer.headers.get('oci-subject')], [201, null])
})

test('without digests in HEAD, only GET tells the digest of a manifest', async t => {
  const { ask } = await startWithImage(t, { headDigest: false })
  assert.equal((await ask('HEAD', 'manifests/v1')).headers.get('docker-content-digest'), null)
  assert.equal((await ask('GET', 'manifests/v1')).headers.get('docker-content-digest'), IMAGE.manifest.digest)
})

test('a server that keeps no records still tells of each request', async t => {
  const seen: string[] = []
  const { server } = await startWithImage(t, {
    keepRequests: false,
    onRequest: request => seen.push(request.what),
  })
  await server.close()
  assert.equal(server.requests.length, 0)
  assert.ok(seen.includes('manifest'))
})

test('an upload that nobody continues is dropped after an hour', async t => {
  let time = 0
  const { server } = await startWithImage(t, { now: () => time })
  const begin = (): Promise<Response> => fetch(`${server.url}/v2/acme/app/blobs/uploads/`, { method: 'POST' })
  const abandoned = new URL((await begin()).headers.get('location') ?? '', server.url)
  time += 59 * 60 * 1000
  await begin()
  assert.equal((await fetch(abandoned)).status, 204)
  time += 2 * 60 * 1000
  await begin()
  assert.equal((await fetch(abandoned)).status, 404)
})

test('a port that is taken is named in the error', async t => {
  const server = await startTestRegistry(t)
  const port = Number(server.host.split(':')[1])
  await assert.rejects(
    startRegistryServer({ folder: temporaryFolder(t), listen: { port } }),
    (error: unknown) => error instanceof PlaceError && error.message.includes(`127.0.0.1:${port}`),
  )
})

test('fifty clients pushing at once lose nothing', async t => {
  const server = await startTestRegistry(t)
  const images = Array.from({ length: 5 }, (_, at) => buildMultiArch({ seed: `many ${at}` }))
  await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      const image = images[at % images.length]
      if (image !== undefined) await pushToServer(server.url, `acme/r${at % 7}`, `t${at}`, image)
    }),
  )
  for (let at = 0; at < 50; at++) {
    const answer = await fetch(`${server.url}/v2/acme/r${at % 7}/manifests/t${at}`, { method: 'HEAD' })
    assert.equal(answer.headers.get('docker-content-digest'), images[at % images.length]?.manifest.digest)
  }
})

test('with absolute locations, an upload goes on only where the registry said, with the state it gave', async t => {
  const server = await startTestRegistry(t, { uploadLocations: 'absolute' })
  const begun = await fetch(`${server.url}/v2/acme/app/blobs/uploads/`, { method: 'POST' })
  const location = new URL(begun.headers.get('location') ?? '')
  assert.equal(location.origin, server.url)
  const [bytes, bare] = [Buffer.from('content'), new URL(location)]
  bare.search = `?digest=${digestOf(bytes)}`
  assert.equal((await fetch(bare, { method: 'PUT', body: bytes })).status, 400)
  location.searchParams.set('digest', digestOf(bytes))
  assert.equal((await fetch(location, { method: 'PUT', body: bytes })).status, 201)
})

test('with opaque pages, links are absolute, say nothing of the next tag, and lead through all of them', async t => {
  const server = await startTestRegistry(t, { pageLinks: 'opaque' })
  const image = buildImage()
  for (const tag of ['a', 'b', 'c', 'd', 'e']) await pushToServer(server.url, 'acme/app', tag, image)
  const found: string[] = []
  let next: string | undefined = `${server.url}/v2/acme/app/tags/list?n=1000`
  while (next !== undefined) {
    const answer: Response = await fetch(next)
    const { tags } = (await answer.json()) as { tags: readonly string[] }
    assert.ok(tags.length <= 2)
    found.push(...tags)
    next = /^<(http:[^>]*\?cursor=[^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  assert.deepEqual(found, ['a', 'b', 'c', 'd', 'e'])
})

/** The folder below the registry: what it looks like to other tools, and what survives a restart or a crash. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { allBlobsOf, buildArtifact, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { pushImage, pushToServer } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { openLayoutTarget } from '../layout/index.ts'
import { collectRegistryGarbage } from './garbage.ts'
import { startRegistryServer } from './server.ts'

const run = promisify(execFile)
const IMAGE = buildMultiArch({ seed: 'folder' })
const SIGNAL = new AbortController().signal

/** Serves the folder for as long as `work` takes. */
async function whileServing<T>(folder: string, work: (url: string, host: string) => Promise<T>): Promise<T> {
  const server = await startRegistryServer({ folder })
  try {
    return await work(server.url, server.host)
  } finally {
    await server.close()
  }
}

async function status(url: string, pathname: string): Promise<number> {
  return (await fetch(`${url}/v2/${pathname}`, { method: 'HEAD' })).status
}

function namesIn(folder: string): readonly unknown[] {
  const index = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as {
    manifests: { annotations?: Record<string, string> }[]
  }
  return index.manifests.map(entry => entry.annotations?.['org.opencontainers.image.ref.name'])
}

test('what is pushed is in the folder as an OCI layout, named repository:tag', async t => {
  const folder = temporaryFolder(t)
  await whileServing(folder, async url => {
    await pushToServer(url, 'acme/app', 'v1', IMAGE)
    assert.deepEqual(namesIn(folder), ['acme/app:v1'])
  })
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'oci-layout'), 'utf8')), {
    imageLayoutVersion: '1.0.0',
  })
  assert.deepEqual(readdirSync(path.join(folder, '.mirrorform', 'incoming')), [])
})

test('a restart on the same folder keeps tags, manifests, referrers and who holds what', async t => {
  const folder = temporaryFolder(t)
  const loose = buildImage({ seed: 'by digest' })
  const referrer = buildArtifact({ artifactType: 'application/vnd.a', subject: IMAGE })
  await whileServing(folder, async url => {
    await pushToServer(url, 'acme/app', 'v1', IMAGE)
    await pushToServer(url, 'acme/app', undefined, referrer)
    await pushToServer(url, 'acme/loose', undefined, loose)
  })
  await whileServing(folder, async url => {
    assert.equal(await status(url, 'acme/app/manifests/v1'), 200)
    assert.equal(await status(url, `acme/loose/manifests/${loose.manifest.digest}`), 200)
    for (const blob of allBlobsOf(IMAGE).keys())
      assert.equal(await status(url, `acme/app/blobs/${blob}`), 200)
    for (const blob of loose.blobs.keys()) assert.equal(await status(url, `acme/app/blobs/${blob}`), 404)
    const list = await fetch(`${url}/v2/acme/app/referrers/${IMAGE.manifest.digest}`)
    assert.equal(((await list.json()) as { manifests: unknown[] }).manifests.length, 1)
  })
})

test('deletes are remembered over a restart', async t => {
  const folder = temporaryFolder(t)
  const blob = [...allBlobsOf(IMAGE).keys()][0]
  await whileServing(folder, async url => {
    await pushToServer(url, 'acme/app', 'v1', IMAGE)
    await fetch(`${url}/v2/acme/app/manifests/${IMAGE.manifest.digest}`, { method: 'DELETE' })
    await fetch(`${url}/v2/acme/app/blobs/${blob}`, { method: 'DELETE' })
  })
  await whileServing(folder, async url => {
    assert.equal(await status(url, `acme/app/manifests/${IMAGE.manifest.digest}`), 404)
    assert.equal(await status(url, `acme/app/blobs/${blob}`), 404)
  })
})

test('a layout written by something else is served by its names, with everything below them', async t => {
  const folder = temporaryFolder(t)
  const target = openLayoutTarget(folder)
  const referrer = buildArtifact({ artifactType: 'application/vnd.a', subject: IMAGE })
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await pushImage(target, 'acme/app', undefined, referrer)
  await whileServing(folder, async url => {
    assert.equal(await status(url, 'acme/app/manifests/v1'), 200)
    for (const blob of allBlobsOf(IMAGE).keys())
      assert.equal(await status(url, `acme/app/blobs/${blob}`), 200)
    const list = await fetch(`${url}/v2/acme/app/referrers/${IMAGE.manifest.digest}`)
    assert.equal(((await list.json()) as { manifests: unknown[] }).manifests.length, 1)
  })
})

test('an image that another program adds or removes while the registry runs is seen at once', async t => {
  const folder = temporaryFolder(t)
  await whileServing(folder, async url => {
    await pushToServer(url, 'acme/app', 'v1', IMAGE)
    const target = openLayoutTarget(folder)
    await pushImage(target, 'acme/other', 'v2', buildImage({ seed: 'added' }))
    assert.equal(await status(url, 'acme/other/manifests/v2'), 200)
    assert.equal(await status(url, 'acme/app/manifests/v1'), 200)
    await target.repository(parseRepositoryPath('acme/app')).deleteTag(parseTag('v1'), SIGNAL)
    assert.equal(await status(url, 'acme/app/manifests/v1'), 404)
  })
})

test('without its ledger, a folder still serves all that has a tag', async t => {
  const folder = temporaryFolder(t)
  await whileServing(folder, url => pushToServer(url, 'acme/app', 'v1', IMAGE))
  rmSync(path.join(folder, '.mirrorform'), { recursive: true })
  await whileServing(folder, async (url, host) => {
    assert.equal(await status(url, 'acme/app/manifests/v1'), 200)
    assert.ok(host.startsWith('127.0.0.1:'))
  })
})

test('what a crash leaves half-written is never visible and is cleared away at the next start', async t => {
  const folder = temporaryFolder(t)
  await whileServing(folder, url => pushToServer(url, 'acme/app', 'v1', IMAGE))
  const ledger = path.join(folder, '.mirrorform', 'repositories.jsonl')
  appendFileSync(ledger, '{"did":"hold-blob","repository":"acme/to')
  writeFileSync(path.join(folder, '.mirrorform', 'incoming', 'left-over'), 'half a blob')
  await whileServing(folder, async url => assert.equal(await status(url, 'acme/app/manifests/v1'), 200))
  assert.deepEqual(readdirSync(path.join(folder, '.mirrorform', 'incoming')), [])
  assert.ok(!readFileSync(ledger, 'utf8').includes('acme/to'))
})

test('an unfinished upload is not a blob, and closing the registry removes it', async t => {
  const folder = temporaryFolder(t)
  await whileServing(folder, async url => {
    const begun = await fetch(`${url}/v2/acme/app/blobs/uploads/`, { method: 'POST' })
    const place = new URL(begun.headers.get('location') ?? '', url)
    assert.equal((await fetch(place, { method: 'PATCH', body: 'some bytes' })).status, 202)
  })
  assert.deepEqual(readdirSync(path.join(folder, '.mirrorform', 'incoming')), [])
})

test('garbage collection keeps what has no tag and removes what was deleted', async t => {
  const folder = temporaryFolder(t)
  const loose = buildImage({ seed: 'by digest' })
  await whileServing(folder, async url => {
    await pushToServer(url, 'acme/loose', undefined, loose)
    await pushToServer(url, 'acme/app', 'v1', IMAGE)
    for (const { manifest } of [...IMAGE.children, IMAGE])
      await fetch(`${url}/v2/acme/app/manifests/${manifest.digest}`, { method: 'DELETE' })
  })
  const collected = await collectRegistryGarbage(folder)
  assert.equal(collected.blobs, allBlobsOf(IMAGE).size + IMAGE.children.length + 1)
  await whileServing(folder, async url => {
    assert.equal(await status(url, `acme/loose/manifests/${loose.manifest.digest}`), 200)
    for (const blob of loose.blobs.keys()) assert.equal(await status(url, `acme/loose/blobs/${blob}`), 200)
    for (const blob of allBlobsOf(IMAGE).keys())
      assert.equal(await status(url, `acme/app/blobs/${blob}`), 404)
  })
})

test('skopeo pushes to the registry, pulls from it, and reads its folder', {
  skip: skipWithout('skopeo'),
}, async t => {
  const { host, url, folder } = await startTestRegistry(t)
  const out = temporaryFolder(t)
  const plain = ['--all', '--src-tls-verify=false', '--dest-tls-verify=false']
  for (const mediaTypes of ['oci', 'docker'] as const) {
    const image = buildMultiArch({ seed: 'skopeo', mediaTypes })
    await pushToServer(url, 'acme/app', mediaTypes, image)
    const from = `docker://${host}/acme/app:${mediaTypes}`
    await run('skopeo', ['copy', ...plain, from, `docker://${host}/copied/app:${mediaTypes}`])
    const { stdout } = await run('skopeo', [
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${host}/copied/app:${mediaTypes}`,
    ])
    assert.equal(stdout, Buffer.from(image.manifest.bytes).toString())
  }
  // skopeo's oci: transport looks only at entries of OCI types.
  await run('skopeo', ['copy', '--all', `oci:${folder}:copied/app:oci`, `dir:${out}`])
  await run('skopeo', ['delete', '--tls-verify=false', `docker://${host}/copied/app:oci`])
  const { stdout } = await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${host}/copied/app`])
  assert.deepEqual((JSON.parse(stdout) as { Tags: string[] }).Tags, ['docker'])
})

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { canKeepAbilities } from '../../../lib/provider.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import { startRegistryServer } from '../../embedded/index.ts'
import { noFacts } from '../http/host-facts.ts'
import { type Handler, openTestTarget, SIGNAL, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { BLOB, contentOf, DESCRIPTOR, LARGE, LARGE_DESCRIPTOR, STARTED, storing } from '../testing/uploads.ts'
import { formatProfile, type HostProfile, parseProfile } from './host-profile.ts'
import { knownOf } from './known-hosts.ts'
import { recall } from './learnt.ts'
import { openProfileFiles } from './profile-files.ts'

/** Runs `work` with a client of its own that keeps profiles in the folder, and closes it. */
async function run<T>(
  t: TestEnd,
  folder: string,
  host: string,
  work: (client: Awaited<ReturnType<typeof openTestTarget>>) => Promise<T>,
): Promise<T> {
  const client = await openTestTarget(t, host, 'acme/app', { profiles: openProfileFiles(folder) })
  const result = await work(client)
  await client.access.close()
  return result
}

function profileFile(folder: string, host: string): string {
  return path.join(folder, 'hosts', `${host.replace(':', '_')}.json`)
}

/** PATCH and PUT only, as Artifactory. */
function patchOnly(stored: Buffer[]): Handler {
  return async asked => {
    if (asked.method === 'POST') return STARTED
    if (asked.method === 'PATCH') {
      stored.push(await asked.body())
      return { status: 202 }
    }
    return asked.method === 'PUT'
      ? { status: asked.headers['content-length'] === '0' ? 201 : 404 }
      : undefined
  }
}

test('what a run learnt of a host is in a readable file, and the next run begins with it', async t => {
  const folder = temporaryFolder(t)
  const stored: Buffer[] = []
  const registry = await startScriptedRegistry(t, patchOnly(stored))
  const send = () =>
    run(t, folder, registry.host, ({ repository }) =>
      repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL),
    )
  await send()
  const file = profileFile(folder, registry.host)
  const text = readFileSync(file, 'utf8')
  assert.deepEqual(JSON.parse(text), {
    format: 'mirrorform-host-profile',
    version: 1,
    host: registry.host,
    software: '',
    uploadBy: 'patch',
  })
  registry.asked.length = 0
  await send()
  assert.deepEqual(
    registry.asked.map(line => line.split(' ')[0]),
    ['POST', 'PATCH', 'PUT'],
  )
  assert.equal(readFileSync(file, 'utf8'), text)
  assert.deepEqual(readdirSync(path.dirname(file)), [path.basename(file)])
})

test('with a known profile the referrers API is not asked about again', async t => {
  const folder = temporaryFolder(t)
  const registry = await startTestRegistry(t, { referrersApi: false })
  const ask = () =>
    run(t, folder, registry.host, async ({ access, address, repository }) => {
      const able = await access
        .target(address)
        .abilities('acme/app' as never, ['referrersApi', 'sparseIndex'], SIGNAL)
      return [able.referrersApi, able.sparseIndex, await repository.referrers(digestOf('x'), SIGNAL)]
    })
  assert.deepEqual(await ask(), ['no', 'no', undefined])
  registry.clearRequests()
  assert.deepEqual(await ask(), ['no', 'no', undefined])
  assert.deepEqual(
    registry.requests.map(({ method, path }) => `${method} ${path}`),
    ['GET /v2/'],
  )
})

test('that deletes are turned off is asked again, because somebody may have turned them on', async t => {
  const folder = temporaryFolder(t)
  let status = 405
  const registry = await startScriptedRegistry(t, ({ method }) =>
    method === 'DELETE' ? { status } : undefined,
  )
  const ask = () =>
    run(t, folder, registry.host, async ({ access, address }) => {
      const able = await access.target(address).abilities('acme/app' as never, ['deleteManifest'], SIGNAL)
      return able.deleteManifest
    })
  assert.equal(await ask(), 'no')
  status = 202
  assert.equal(await ask(), 'yes')
  assert.equal(await ask(), 'yes')
  assert.equal(registry.asked.length, 2)
})

test('deletes that turn out to be off are forgotten to be on', async t => {
  const folder = temporaryFolder(t)
  const registry = await startScriptedRegistry(t, ({ method }) =>
    method === 'DELETE' ? { status: 405 } : undefined,
  )
  const profile: HostProfile = { software: '', deleteManifest: 'yes' }
  await openProfileFiles(folder).save(registry.host, profile)
  await run(t, folder, registry.host, ({ repository }) =>
    assert.rejects(repository.deleteManifest(digestOf('x'), SIGNAL), { status: 405 }),
  )
  assert.doesNotMatch(readFileSync(profileFile(folder, registry.host), 'utf8'), /deleteManifest/)
})

test('a host that became another registry is learnt anew', async t => {
  const folder = temporaryFolder(t)
  const registry = await startTestRegistry(t)
  const profile: HostProfile = {
    software: 'registry/2.0',
    uploadBy: 'chunks',
    chunkSize: 524_288,
    referrersApi: 'no',
    mounts: 'hopeless',
  }
  await openProfileFiles(folder).save(registry.host, profile)
  await run(t, folder, registry.host, async ({ access, address, repository }) => {
    const able = await access.target(address).abilities('acme/app' as never, ['referrersApi'], SIGNAL)
    assert.equal(able.referrersApi, 'yes')
    await repository.pushBlob(LARGE_DESCRIPTOR, contentOf(LARGE), SIGNAL)
  })
  assert.equal(registry.requests.at(-1)?.headers['content-length'], String(LARGE.length))
  assert.deepEqual(JSON.parse(readFileSync(profileFile(folder, registry.host), 'utf8')), {
    format: 'mirrorform-host-profile',
    version: 1,
    host: registry.host,
    software: 'sparse-index=no; registry/2.0',
    referrersApi: 'yes',
  })
})

test('what a trial with a sparse index showed is kept, and the next run does not ask', async t => {
  const folder = temporaryFolder(t)
  const registry = await startScriptedRegistry(t, () => undefined)
  const ask = () =>
    run(t, folder, registry.host, async ({ access, address }) => {
      const able = await access.target(address).abilities('acme/app' as never, ['sparseIndex'], SIGNAL)
      return able.sparseIndex
    })
  assert.equal(await ask(), 'unknown')
  await run(t, folder, registry.host, async ({ access, address }) => {
    const target = access.target(address)
    assert.ok(canKeepAbilities(target))
    await target.abilities('acme/app' as never, ['sparseIndex'], SIGNAL)
    target.keepAbility('acme/app' as never, 'sparseIndex', 'yes')
    const able = await target.abilities('acme/app' as never, ['sparseIndex'], SIGNAL)
    assert.equal(able.sparseIndex, 'yes')
  })
  registry.asked.length = 0
  assert.equal(await ask(), 'yes')
  assert.deepEqual(registry.asked, [])
})

test('hopeless mounts are tried once in each run, and are made again when they work', async t => {
  const folder = temporaryFolder(t)
  let mounts = false
  const registry = await startScriptedRegistry(
    t,
    storing([], ({ query }) => (mounts && query.has('mount') ? { status: 201 } : undefined)),
  )
  const content = { ...contentOf(BLOB), mountFrom: 'other/app' as never }
  const push = (times: number) =>
    run(t, folder, registry.host, async ({ repository }) => {
      registry.asked.length = 0
      for (let at = 0; at < times; at++) await repository.pushBlob(DESCRIPTOR, content, SIGNAL)
      return registry.asked.filter(line => line.includes('mount=')).length
    })
  const kept = () => JSON.parse(readFileSync(profileFile(folder, registry.host), 'utf8')).mounts
  assert.equal(await push(8), 5)
  assert.equal(kept(), 'hopeless')
  assert.equal(await push(3), 1)
  assert.equal(kept(), 'hopeless')
  mounts = true
  assert.equal(await push(3), 3)
  assert.equal(kept(), 'made')
})

test('a profile that is damaged, foreign or of another version does no harm', async t => {
  const folder = temporaryFolder(t)
  const stored: Buffer[] = []
  const registry = await startScriptedRegistry(t, storing(stored))
  const { host } = registry
  const good = JSON.parse(formatProfile(host, { uploadBy: 'patch', software: '' }))
  const texts = [
    '',
    '{"format"',
    '[]',
    '{"host":1}',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, format: 'other' }),
    JSON.stringify({ ...good, host: 'elsewhere.example' }),
    JSON.stringify({ ...good, uploadBy: 'pigeon' }),
    JSON.stringify({ ...good, chunkSize: -1 }),
    JSON.stringify({ ...good, immutableTags: { 'acme/app': 'v1' } }),
    JSON.stringify({ ...good, software: 'a\u0007b' }),
  ]
  mkdirSync(path.join(folder, 'hosts'), { recursive: true })
  for (const text of texts) {
    writeFileSync(profileFile(folder, host), text)
    registry.asked.length = 0
    await run(t, folder, host, ({ repository }) => repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL))
    assert.deepEqual(
      registry.asked.map(line => line.split(' ')[0]),
      ['POST', 'PUT'],
      text,
    )
  }
})

test('a cache folder that cannot be written costs nothing but the profile', async t => {
  const folder = path.join(temporaryFolder(t), 'file')
  writeFileSync(folder, '')
  const registry = await startScriptedRegistry(t, storing([]))
  await run(t, folder, registry.host, ({ repository }) =>
    repository.pushBlob(DESCRIPTOR, contentOf(BLOB), SIGNAL),
  )
  assert.equal(readFileSync(folder, 'utf8'), '')
})

test('a host that was never reached leaves no profile', async t => {
  const folder = temporaryFolder(t)
  const server = await startRegistryServer({ folder: path.join(folder, 'layout') })
  await server.close()
  await run(t, folder, server.host, ({ repository }) =>
    assert.rejects(repository.resolve('v1' as never, SIGNAL)),
  )
  assert.equal(existsSync(path.join(folder, 'hosts')), false)
})

test('a profile that is written is read as it was', () => {
  const profile: HostProfile = {
    software: 'registry/2.0; nginx',
    uploadBy: 'chunks',
    maxBody: 1_048_576,
    chunkSize: 1_048_576,
    mounts: 'made',
    headTellsNothing: true,
    deleteScopesRefused: 2,
    immutableTags: { 'acme/app': ['latest', 'v1'], 'acme/base': ['*'] },
    deleteTag: 'no',
    deleteManifest: 'yes',
    sparseIndex: 'no',
    referrersApi: 'yes',
  }
  assert.deepEqual(parseProfile(formatProfile('reg.example:5000', profile)), {
    host: 'reg.example:5000',
    profile,
  })
  const later = { ...JSON.parse(formatProfile('reg.example', { uploadBy: 'patch' })), constructor: 1 }
  assert.deepEqual(parseProfile(JSON.stringify(later))?.profile, { uploadBy: 'patch' })
})

test('GHCR begins with one PATCH and chunks of 4 MiB, ACR with bodies of 20 MB, and a profile goes before that', () => {
  const beginning = (host: string, profile?: HostProfile) => {
    const facts = noFacts()
    recall(facts, host, profile, 'target')
    return [facts.uploadBy, facts.chunkSize, facts.maxBody]
  }
  assert.deepEqual(beginning('ghcr.io'), ['patch', 4 * 1024 * 1024, undefined])
  assert.deepEqual(beginning('acme.azurecr.io'), ['put', undefined, 20_000_000])
  assert.deepEqual(beginning('acme.azurecr.io', { maxBody: 4_000_000 }), ['put', undefined, 4_000_000])
  assert.deepEqual(beginning('quay.io'), ['put', undefined, undefined])
  assert.deepEqual(knownOf('evil-ghcr.io'), {})
})

test('a source’s missing referrers API is not kept: signatures may be there the next time', () => {
  const facts = noFacts()
  recall(facts, 'quay.io', { referrersApi: 'no' }, 'source')
  assert.equal(facts.noReferrers, false)
})

test('the profile shown in the documentation is one that mirrorform writes', () => {
  const page = readFileSync(new URL('../../../docs/file-formats.md', import.meta.url), 'utf8')
  const example = /^```json host-profile\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
  const parsed = parseProfile(example)
  assert.ok(parsed)
  assert.equal(formatProfile(parsed.host, parsed.profile), example)
})

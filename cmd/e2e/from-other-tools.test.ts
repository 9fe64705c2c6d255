/**
 * What people have when they come from other tools: archives and folders of theirs as a source, a workspace of oc-mirror v2
 * and the registry it filled taken over.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { IMAGE_SET, PLAIN_HTTP, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import {
  layoutFiles,
  mirrorFolderFiles,
  type StoredSet,
  storageFiles,
  v1ArchiveFiles,
  writeDiskFiles,
  writeTar,
  writeV2Archive,
} from '../../testdata/oc-mirror-archives.ts'
import { clusterResources, type OcMirrorRun, ocMirrorRun } from '../../testdata/oc-mirror-run.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import { digestAt } from '../../testdata/release-scene.ts'
import { createSigner, type Signer } from '../../testdata/release-signing.ts'
import { type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'
import type { TestEnd } from '../../testdata/temp.ts'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let registry: DockerRegistry
  let signer: Signer
  let run: OcMirrorRun
  before(async () => {
    ;[registry, signer] = await Promise.all([startDockerRegistry(), createSigner('Test Releases')])
    run = await ocMirrorRun(signer)
  })
  after(() => registry.close())

  /** A workspace that no network but the registry's can be reached from. */
  async function site(t: TestEnd, options: Parameters<typeof writeV2Archive>[2] = {}): Promise<CliWorkspace> {
    const workspace = cliWorkspace(t, {
      OCP_SIGNATURE_VERIFICATION_PK: 'key.asc',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    })
    workspace.write('key.asc', signer.armoredPublicKey)
    workspace.write(IMAGE_SET, run.imageSet)
    await writeV2Archive(workspace.path('disc'), run.cache, { workingDir: run.workingDir, ...options })
    return workspace
  }

  const to = (prefix: string) => [
    '--to',
    `docker://${registry.host}/${prefix}`,
    '--state',
    STATE,
    ...PLAIN_HTTP,
  ]

  async function assertPublished(workspace: CliWorkspace, prefix: string): Promise<void> {
    for (const [place, { manifest }] of run.published)
      assert.equal(
        await rawDigest(workspace, `docker://${registry.host}/${prefix}/${place}`),
        manifest.digest,
        place,
      )
  }

  test('an archive of oc-mirror v2 is brought whole, where oc-mirror would have put everything', async t => {
    const workspace = await site(t, { limit: 20_000 })
    const planned = await workspace.run(['plan', '--from', 'file://disc', ...to('whole'), '-o', PLAN])
    assert.equal(planned.code, 0, planned.output)
    const plan = decodePlan(workspace.read(PLAN), PLAN)
    assert.deepEqual([plan.summary.add, plan.missing, plan.notes], [run.published.size, undefined, []])
    assert.deepEqual(
      plan.from?.map(source => 'tool' in source && [source.tool, source.folder]),
      [['oc-mirror-v2', 'disc']],
    )
    const applied = await workspace.run(['apply', PLAN, ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    assert.doesNotMatch(applied.output, /[Rr]eceipt/)
    await assertPublished(workspace, 'whole')

    const state = decodeState(workspace.read(STATE), STATE)
    const sources = state.images.map(({ source }) => source)
    assert.ok(sources.includes('registry.redhat.io/ubi8/ubi:latest'), sources.join('\n'))
    assert.ok(sources.includes(run.release.reference), sources.join('\n'))
    assert.equal(state.images.filter(({ releaseSignatures }) => releaseSignatures).length, 1)
    const again = await workspace.run(['plan', '--from', 'disc', ...to('whole'), '--detailed-exitcode'])
    assert.equal(again.code, 0, again.output)
  })

  test('with an image set of its own a site takes less of an archive of oc-mirror v2, by the names images had', async t => {
    const workspace = await site(t)
    const planned = await workspace.run(['plan', '-c', IMAGE_SET, '--from', 'disc', ...to('own'), '-o', PLAN])
    assert.equal(planned.code, 0, planned.output)
    const places = decodePlan(workspace.read(PLAN), PLAN).changes.map(
      ({ image: { destination } }) => `${destination.repository.replace('own/', '')}:${destination.tag}`,
    )
    assert.deepEqual(places.toSorted(), [...run.published.keys()].toSorted())
    const applied = await workspace.run(['apply', PLAN, ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    for (const [place, { manifest }] of run.published)
      if (!place.startsWith('olm/'))
        assert.equal(await digestAt(registry.url, `own/${place}`), manifest.digest)
  })

  test('what an earlier archive carried is named, and brought with that one or from the registry', async t => {
    const workspace = await site(t)
    const ubi = run.cache['ubi8/ubi:latest']
    assert.ok(ubi)
    const shipped = new Set([ubi.manifest.digest, ...ubi.blobs.keys()])
    const [later = ''] = await writeV2Archive(workspace.path('later'), run.cache, {
      without: shipped,
      workingDir: run.workingDir,
    })
    const alone = await workspace.run(['apply', '--yes', '--from', later, ...to('twice')])
    assert.equal(alone.code, 4, alone.output)
    assert.match(alone.stdout, /ubi8\/ubi:latest: it lacks/)
    assert.match(alone.stdout, /Name the earlier archives as well/)
    const first = path.join(workspace.path('disc'), 'mirror_000001.tar')
    const both = await workspace.run(['apply', '--yes', '--from', later, '--from', first, ...to('twice')])
    assert.equal(both.code, 0, both.output)
    for (const [place, { manifest }] of run.published)
      assert.equal(await digestAt(registry.url, `twice/${place}`), manifest.digest)
    const again = await workspace.run(['plan', '--from', later, ...to('twice'), '--detailed-exitcode'])
    assert.equal(again.code, 0, again.output)
  })
  test('folders of oc and of registries, archives of oc-mirror v1 and layouts are brought under the names they have', async t => {
    const workspace = cliWorkspace(t)
    const images: StoredSet = {
      'acme/app:v1': buildImage({ seed: 'app' }),
      'openshift/release:4.16.2-x86_64-cli': buildImage({ seed: 'cli', mediaTypes: 'docker' }),
      'acme/multi:v1': buildMultiArch({ seed: 'multi', mediaTypes: 'docker' }),
    }
    writeDiskFiles(workspace.path('tree'), mirrorFolderFiles(images))
    writeDiskFiles(workspace.path('storage'), storageFiles(images))
    writeDiskFiles(workspace.path('layout'), layoutFiles(images))
    await writeTar(workspace.path('v1', 'mirror_seq1_000000.tar'), v1ArchiveFiles(images))
    for (const from of ['tree', 'file://storage', 'oci://layout', 'v1/mirror_seq1_000000.tar']) {
      const name = from.replace(/[^a-z]+/g, '-')
      const [prefix, state] = [`kinds/${name}`, `${name}.state.json`]
      const target = ['--to', `docker://${registry.host}/${prefix}`, '--state', state, ...PLAIN_HTTP]
      const applied = await workspace.run(['apply', '--yes', '--from', from, ...target])
      assert.equal(applied.code, 0, applied.output)
      for (const [place, { manifest }] of Object.entries(images))
        assert.equal(await digestAt(registry.url, `${prefix}/${place}`), manifest.digest)
    }
  })

  test('a catalog that an archive of oc-mirror v1 carries is filtered by the image set that asks for it', async t => {
    const workspace = cliWorkspace(t)
    const bundles = Object.entries(run.cache).filter(([name]) => name.startsWith('acme/'))
    const whole = run.cache['olm/demo-index:v1'] ?? run.release.payload
    const place = 'catalogs/registry.example.com/olm/demo-index/v1/layout'
    const layout = [...layoutFiles({ 'olm/demo-index:v1': whole })]
    const files = layout.map(([name, content]) => [`${place}/${name}`, content] as const)
    const archive = new Map([...v1ArchiveFiles(Object.fromEntries(bundles)), ...files])
    await writeTar(workspace.path('v1', 'mirror_seq1_000000.tar'), archive)
    const imageSet = JSON.parse(run.imageSet)
    const { operators } = imageSet.mirror
    workspace.write(IMAGE_SET, JSON.stringify({ ...imageSet, mirror: { operators } }))
    const given = ['-c', IMAGE_SET, '--from', 'v1', ...to('v1-catalog')]
    const applied = await workspace.run(['apply', '--yes', ...given])
    assert.equal(applied.code, 0, applied.output)
    assert.match(applied.stdout, /olm\/demo-index:v1/)
    for (const [name, { manifest }] of bundles)
      assert.equal(await digestAt(registry.url, `v1-catalog/${name}`), manifest.digest)
  })

  test('a workspace of oc-mirror v2 and the registry it filled are taken over without a request that changes anything', async t => {
    const workspace = await site(t)
    for (const [place, image] of run.published) {
      const [repository = '', tag = ''] = place.split(':')
      if (place !== 'ubi8/ubi:latest') await pushToServer(registry.url, `filled/${repository}`, tag, image)
    }
    const proxy = await startRecordingProxy(registry.host)
    t.after(() => proxy.close())
    const here = ['--to', `docker://${proxy.host}/filled`, '--state', STATE, ...PLAIN_HTTP]
    const files = { ...run.workingDir, ...clusterResources(`${proxy.host}/filled`) }
    for (const [name, content] of Object.entries(files))
      writeDiskFiles(workspace.path('w'), new Map([[`working-dir/${name}`, content]]))

    const imported = await workspace.run(['import', '--oc-mirror-workspace', 'w', ...here])
    assert.equal(imported.code, 0, imported.output)
    assert.match(imported.stdout, /ubi8\/ubi:latest is not there\n/)
    assert.match(imported.stdout, /9 images taken into .*, 0 known already, 1 not at the target/)
    const { images } = decodeState(workspace.read(STATE), STATE)
    assert.deepEqual(
      images.map(({ destination: { repository, tag } }) => `${repository.replace('filled/', '')}:${tag}`),
      [...run.published.keys()].filter(place => place !== 'ubi8/ubi:latest').toSorted(),
    )
    assert.deepEqual(
      [...new Set(images.flatMap(({ origins }) => origins.map(({ kind }) => kind)))].toSorted(),
      ['additionalImage', 'bundle', 'catalog', 'graphData', 'release'],
    )
    await pushToServer(
      registry.url,
      'filled/ubi8/ubi',
      'latest',
      run.published.get('ubi8/ubi:latest') ?? run.release.payload,
    )
    const planned = await workspace.run(['plan', '--from', 'disc', ...here, '-o', PLAN])
    assert.equal(planned.code, 0, planned.output)
    const { summary } = decodePlan(workspace.read(PLAN), PLAN)
    assert.deepEqual([summary.adopt, summary.keep, summary.bytesToTransfer], [2, 8, 0])
    assert.deepEqual(proxy.mutations, [])
  })

  test('with an image set only what that asks for is taken over, chosen from the graphs of the workspace', async t => {
    const workspace = await site(t)
    const here = to('chosen')
    const filled = await workspace.run(['apply', '--yes', '--from', 'disc', ...to('chosen')])
    assert.equal(filled.code, 0, filled.output)
    rmSync(workspace.path(STATE))
    for (const [name, content] of Object.entries(run.workingDir))
      writeDiskFiles(workspace.path('w'), new Map([[`working-dir/${name}`, content]]))
    const { platform, operators } = JSON.parse(run.imageSet).mirror
    const less = { ...JSON.parse(run.imageSet), mirror: { platform, operators } }
    workspace.write('less.yaml', JSON.stringify(less))
    const imported = await workspace.run([
      'import',
      '-c',
      'less.yaml',
      '--oc-mirror-workspace',
      'file://w',
      ...here,
    ])
    assert.equal(imported.code, 0, imported.output)
    const { images } = decodeState(workspace.read(STATE), STATE)
    assert.equal(images.length, run.published.size - 2, imported.output)
    const planned = await workspace.run(['plan', '-c', 'less.yaml', '--from', 'disc', ...here, '-o', PLAN])
    assert.equal(planned.code, 0, planned.output)
    const { summary, notes, changes } = decodePlan(workspace.read(PLAN), PLAN)
    assert.deepEqual([summary.bytesToTransfer, notes], [0, []])
    assert.deepEqual([...new Set(changes.map(({ action }) => action))], ['adopt'])
    const applied = await workspace.run(['apply', PLAN, ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    await assertPublished(workspace, 'chosen')
    const again = ['plan', '-c', 'less.yaml', '--from', 'disc', ...here, '--detailed-exitcode']
    const settled = await workspace.run(again)
    assert.equal(settled.code, 0, settled.output)
  })
})

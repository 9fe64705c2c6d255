/** What may be wrong with what other tools left on a disc: damaged, taken away, exchanged, or no archive at all. */
import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { writeTar, writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import { digestAt } from '../../testdata/release-scene.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let registry: DockerRegistry
  before(async () => {
    registry = await startDockerRegistry()
  })
  after(() => registry.close())

  const to = (prefix: string) => [
    '--to',
    `docker://${registry.host}/${prefix}`,
    '--state',
    STATE,
    ...PLAIN_HTTP,
  ]

  test('a flipped byte in a manifest or in a layer keeps back its image and no other', async t => {
    const workspace = cliWorkspace(t)
    const [app, tool, sound] = ['app', 'tool', 'sound'].map(seed => buildImage({ seed }))
    assert.ok(app && tool && sound)
    const [file = ''] = await writeV2Archive(workspace.path('disc'), {
      'acme/app:v1': app,
      'acme/tool:v1': tool,
      'acme/sound:v1': sound,
    })
    const bytes = readFileSync(file)
    const [layer = new Uint8Array()] = [...tool.blobs.values()].toSorted((a, b) => b.length - a.length)
    for (const part of [app.manifest.bytes, layer]) {
      const at = bytes.indexOf(Buffer.from(part)) + 20
      bytes[at] = (bytes[at] ?? 0) ^ 1
    }
    writeFileSync(file, bytes)
    const applied = await workspace.run(['apply', '--yes', '--from', 'disc', ...to('flipped')])
    assert.equal(applied.code, 4, applied.output)
    const said = applied.stdout.replace(/\s+/g, ' ')
    assert.match(said, /acme\/app:v1 cannot be brought: .* the bytes do not match their digest/)
    assert.match(said, /flipped\/acme\/app:v1: it lacks one blob or manifest/)
    assert.match(said, /flipped\/acme\/tool:v1 sha256:\S+ in acme\/tool .* do not match their digest/)
    assert.equal(await digestAt(registry.url, 'flipped/acme/sound:v1'), sound.manifest.digest)
    for (const name of ['app', 'tool'])
      await assert.rejects(rawDigest(workspace, `docker://${registry.host}/flipped/acme/${name}:v1`))
  })

  test('a saved plan is refused when its archive is gone, and when another one is in its place', async t => {
    const workspace = cliWorkspace(t)
    const image = buildImage({ seed: 'app' })
    await writeV2Archive(workspace.path('disc'), { 'acme/app:v1': image })
    await workspace.run(['plan', '--from', 'disc', ...to('gone'), '-o', PLAN])
    renameSync(workspace.path('disc'), workspace.path('away'))
    const missed = await workspace.run(['apply', PLAN, ...PLAIN_HTTP])
    assert.equal(missed.code, 1)
    assert.match(missed.stderr, /there is no folder disc\nHint: check the path, and that the disc is mounted/)
    await writeV2Archive(workspace.path('disc'), { 'acme/app:v1': buildImage({ seed: 'another' }) })
    const refused = await workspace.run(['apply', PLAN, ...PLAIN_HTTP])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /is not what the plan was made from/)
    rmSync(workspace.path('disc'), { recursive: true })
    renameSync(workspace.path('away'), workspace.path('disc'))
    assert.equal((await workspace.run(['apply', PLAN, ...PLAIN_HTTP])).code, 0)
    assert.equal(await digestAt(registry.url, 'gone/acme/app:v1'), image.manifest.digest)
  })

  test('names that lead out of the folder, and links, stop before anything is read', async t => {
    const workspace = cliWorkspace(t)
    const files = new Map([['isc_2026-01-02T03:04:05Z', 'kind: ImageSetConfiguration\n']])
    for (const [at, member] of [
      { name: 'working-dir/../../etc/passwd' },
      { name: 'working-dir/x', type: 'symlink', linkname: '/etc/passwd' } as const,
    ].entries()) {
      await writeTar(workspace.path(`${at}`, 'mirror_000001.tar'), files, [member])
      const planned = await workspace.run(['plan', '--from', `${at}`, ...to('evil')])
      assert.equal(planned.code, 1)
      assert.match(planned.stderr, /mirror_000001\.tar is refused: .*etc\/passwd/)
    }
  })

  test('an import that was killed goes on where it was, with the same plan', async t => {
    const workspace = cliWorkspace(t)
    const images = ['a', 'b', 'c'].map(name => [`acme/${name}:v1`, buildImage({ seed: name })] as const)
    await writeV2Archive(workspace.path('disc'), Object.fromEntries(images))
    const reached = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const proxy = await startRecordingProxy(registry.host, (method, path) => {
      if (method !== 'PUT' || !path.endsWith('/acme/c/manifests/v1')) return undefined
      reached.resolve()
      return gate.promise
    })
    t.after(() => proxy.close())
    const target = ['--to', `docker://${proxy.host}/killed`, '--state', STATE, ...PLAIN_HTTP]
    await workspace.run(['plan', '--from', 'disc', ...target, '-o', PLAN])
    const one = ['--parallel-images', '1']
    const running = workspace.start(['apply', PLAN, ...one, ...PLAIN_HTTP])
    await Promise.race([reached.promise, running.ended])
    running.kill('SIGKILL')
    assert.equal((await running.ended).signal, 'SIGKILL')
    gate.resolve()
    proxy.clear()
    const applied = await workspace.run(['apply', PLAN, ...one, ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(
      proxy.mutations.filter(({ path }) => !path.includes('/acme/c/')),
      [],
    )
    for (const [place, { manifest }] of images)
      assert.equal(await digestAt(registry.url, `killed/${place}`), manifest.digest)
  })
})

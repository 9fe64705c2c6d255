/**
 * Releases and operators through an archive: everything that was read to choose them travels along, so that the far side
 * takes all of it or less, and asks nobody but its own registry.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { catalogScene, keptBundles, operatorsText, publishCatalog } from '../../testdata/catalog-scene.ts'
import { sketchCatalog } from '../../testdata/catalogs.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { IMAGE_SET, type MirrorScene, PLAIN_HTTP, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  digestAt,
  placesOf,
  platformText,
  type ReleaseSource,
  releaseScene,
  releaseSource,
} from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import type { Release } from '../../testdata/releases.ts'
import { type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { graphDataArchive } from '../../testdata/update-graph-server.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.0', '4.16.1', '4.16.2'], components: 4, changed: 2 })
const [, r1, r2] = series as [Release, Release, Release]
const CATALOG = 'registry.example.com/olm/demo-index:v1'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let source: ReleaseSource
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    source = await releaseSource(a)
    await source.push(...series)
    await pushToServer(a.url, 'ubi9/ubi', 'latest', buildMultiArch({ seed: 'ubi' }))
    await publishCatalog(a.url, CATALOG, sketchCatalog())
  })
  after(() => Promise.all([a.close(), b.close()]))

  /** Writes the archive of a scene, without its target being reached. */
  async function writeArchive(scene: MirrorScene, ...more: readonly string[]): Promise<string> {
    const disc = path.join(scene.root, 'disc')
    const to = ['--to', `file://${disc}`, '--for', scene.target, '--state', STATE]
    const written = await scene.run(['apply', '-c', IMAGE_SET, ...to, '--yes', ...PLAIN_HTTP, ...more])
    assert.equal(written.code, 0, written.output)
    return disc
  }

  /** Reaches nothing but the target: every other registry is blocked, and there is no web. */
  function farSide(t: TestEnd, env: Readonly<Record<string, string>> = {}): CliWorkspace {
    const far = cliWorkspace(t, env)
    const hosts = [
      'quay.io',
      'registry.access.redhat.com',
      'registry.example.com',
      'registry.redhat.io',
      a.host,
    ]
    const rules = hosts.map(
      host => `[[registry]]\nprefix = "${host}"\nlocation = "${host}"\nblocked = true\n`,
    )
    writeFileSync(path.join(far.root, 'registries.conf'), rules.join('\n'))
    return far
  }

  const take = (far: CliWorkspace, disc: string, target: string, ...more: readonly string[]) =>
    far.run([
      'apply',
      '--from',
      `file://${disc}`,
      '--to',
      target,
      '--state',
      STATE,
      '--yes',
      ...PLAIN_HTTP,
      ...more,
    ])

  test('releases arrive with their signatures, and another site takes one of them', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/releases`)
    await scene.publish(CHANNEL, series)
    scene.graphs.setGraphData(graphDataArchive({ [CHANNEL]: ['4.16.1', '4.16.2'] }))
    const graph = ['--graph-data-url', scene.graphs.graphDataUrl]
    scene.wantPlatform({
      graph: true,
      channels: [{ name: CHANNEL, minVersion: '4.16.1', maxVersion: '4.16.2' }],
    })
    const disc = await writeArchive(scene, ...graph)
    await scene.graphs.close()
    const far = farSide(t, scene.environment)
    const all = await take(far, disc, scene.target)
    assert.equal(all.code, 0, all.output)
    for (const release of [r1, r2])
      for (const [place, { manifest }] of placesOf(release))
        assert.equal(await digestAt(b.url, `releases/${place}`), manifest.digest, place)
    const { images } = decodeState(far.read(STATE), STATE)
    assert.equal(images.filter(image => image.releaseSignatures?.length).length, 2)
    const graphImage = images.find(({ origins }) => origins.some(({ kind }) => kind === 'graphData'))
    assert.equal(await digestAt(b.url, 'releases/openshift/graph-image:latest'), graphImage?.digest)

    const other = farSide(t, scene.environment)
    other.write('release-key.asc', source.signer.armoredPublicKey)
    other.write(
      IMAGE_SET,
      platformText({
        graph: true,
        channels: [{ name: CHANNEL, minVersion: '4.16.2', maxVersion: '4.16.2' }],
      }),
    )
    const less = await take(other, disc, `docker://${b.host}/less`, '-c', IMAGE_SET, ...graph)
    assert.equal(less.code, 0, less.output)
    for (const [place, { manifest }] of placesOf(r2))
      assert.equal(await digestAt(b.url, `less/${place}`), manifest.digest, place)
    const kept = decodeState(other.read(STATE), STATE).images
    assert.ok(kept.length < images.length)
    assert.equal(kept.filter(image => image.releaseSignatures?.length).length, 1)
    assert.equal(await digestAt(b.url, 'less/openshift/graph-image:latest'), graphImage?.digest)
  })

  test('a catalog that was cut to size arrives, and another site cuts it further', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/operators`)
    const stable = { name: 'widget', channels: [{ name: 'stable', minVersion: '1.2.0' }] }
    scene.wantOperators({ catalog: CATALOG, packages: [stable, { name: 'gadget' }] })
    const disc = await writeArchive(scene)
    const far = farSide(t)
    const all = await take(far, disc, scene.target)
    assert.equal(all.code, 0, all.output)
    assert.equal(decodeState(far.read(STATE), STATE).images.length, 8)

    const other = farSide(t)
    other.write(IMAGE_SET, operatorsText([{ catalog: CATALOG, packages: [{ name: 'gadget' }] }]))
    const from = ['--from', `file://${disc}`, '--to', `docker://${b.host}/gadget`, '-o', 'gadget.plan.json']
    const planned = await other.run(['plan', '-c', IMAGE_SET, ...from, '--state', STATE, ...PLAIN_HTTP])
    assert.equal(planned.code, 0, planned.output)
    assert.deepEqual(keptBundles(decodePlan(other.read('gadget.plan.json'), 'plan')), ['gadget.v0.2.0'])
    const applied = await other.run(['apply', 'gadget.plan.json', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
  })

  test('what did not travel is told as not being in the archive, whatever asks for it', async t => {
    const scene = catalogScene(t, a.host, `docker://${b.host}/absent`)
    scene.wantOperators({ catalog: CATALOG, packages: [{ name: 'gadget' }] })
    const disc = await writeArchive(scene)
    const far = farSide(t)
    const absent = 'registry.example.com/absent'
    for (const [what, asked] of [
      ['catalog', operatorsText([{ catalog: `${absent}/index:v1` }])],
      ['release', platformText({ release: `${absent}/release:4.16.1` })],
      ['image', imageSetText([`${absent}/app:1`])],
      ['digest', imageSetText([`${absent}/app@sha256:${'ab'.repeat(32)}`])],
    ] as const) {
      far.write(IMAGE_SET, asked)
      const refused = await take(far, disc, scene.target, '-c', IMAGE_SET)
      const told = refused.stderr.replaceAll(/\s+/g, ' ')
      assert.equal(refused.code, 1, what)
      assert.match(told, / is not in (registry\.example\.com\/absent\/app in )?file:/, what)
      assert.match(told, /Hint: the image set of the near side did not ask for it/, what)
      assert.doesNotMatch(told, /skopeo/, what)
    }
  })
})

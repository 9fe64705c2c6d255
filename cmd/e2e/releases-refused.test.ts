/**
 * What keeps releases out of a plan: signatures, payloads, components and update graphs that are not as they should be.
 * Nothing is planned then, nothing is written, and the message says which release, what was tried and what to do.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { PLAN } from '../../testdata/mirror-scene.ts'
import {
  type PlatformText,
  type ReleaseScene,
  type ReleaseSource,
  releaseScene,
  releaseSource,
} from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { createSigner } from '../../testdata/release-signing.ts'
import { buildRelease, COMPONENT_REPOSITORY, type Release } from '../../testdata/releases.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { type UpdateGraph, updateGraph } from '../../testdata/update-graph-server.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.0', '4.16.2', '4.16.4'], components: 2, changed: 1 })
const [oldest, , newest] = series as [Release, Release, Release]
const REFERENCE = `quay.io/openshift-release-dev/ocp-release:${newest.tag}`

interface Refusing {
  readonly scene: ReleaseScene
  readonly source: ReleaseSource
  /** Plans this and expects an error, and no plan file. @returns what it said, spaces and line ends as one space */
  refused(platform: PlatformText): Promise<string>
}

async function start(t: TestEnd): Promise<Refusing> {
  const registry = await startTestRegistry(t)
  const source = await releaseSource(registry)
  await source.push(...series)
  const scene = await releaseScene(t, source, `docker://${registry.host}/enc1`)
  await scene.publish(CHANNEL, series)
  return {
    scene,
    source,
    refused: async platform => {
      scene.wantPlatform(platform)
      const { code, stdout, stderr } = await scene.at('plan', ['-o', PLAN])
      assert.equal(code, 1, `${stdout}\n${stderr}`)
      assert.equal(existsSync(scene.path(PLAN)), false)
      return stderr.replace(/\s+/g, ' ')
    },
  }
}

const latest: PlatformText = { channels: [{ name: CHANNEL }] }

test('a payload whose signature is missing, of another key or for another digest is refused, and so is its plan', async t => {
  const { scene, source, refused } = await start(t)
  const { digest } = newest.payload.manifest
  scene.graphs.setSignatures(digest, [])
  const missing = await refused(latest)
  assert.match(missing, /4\.16\.4/)
  assert.ok(missing.includes(digest) && missing.includes(scene.graphs.signatureUrl), missing)

  const stranger = await createSigner('Somebody Else')
  scene.graphs.setSignatures(digest, [await stranger.sign(digest, REFERENCE)])
  const wrong = await refused(latest)
  assert.ok(wrong.includes('4.16.4') && wrong.includes(digest), wrong)
  assert.match(wrong, /key/)

  const other = oldest.payload.manifest.digest
  scene.graphs.setSignatures(digest, [await source.signer.sign(other, REFERENCE)])
  const mismatch = await refused(latest)
  assert.ok(mismatch.includes(other), mismatch)

  scene.graphs.setSignatures(digest, [Buffer.from('not a signature')])
  assert.match(await refused(latest), /4\.16\.4/)
})

test('a good signature after a bad one is enough', async t => {
  const { scene, source } = await start(t)
  const { digest } = newest.payload.manifest
  const stranger = await createSigner('Somebody Else')
  scene.graphs.setSignatures(digest, [
    await stranger.sign(digest, REFERENCE),
    await source.signatureOf(newest),
  ])
  scene.wantPlatform(latest)
  assert.equal((await scene.plan()).code, 2)
})

test('a release with a component that the source does not have is refused with both their names', async t => {
  const { scene, source, refused } = await start(t)
  const incomplete = buildRelease({ version: '4.16.9', components: { etcd: 'e9', console: 'c9' } })
  await source.push(incomplete)
  const gone = incomplete.components.get('console')?.manifest.digest
  await fetch(`${source.url}/v2/${COMPONENT_REPOSITORY}/manifests/${gone}`, { method: 'DELETE' })
  await scene.publish(CHANNEL, [...series, incomplete])
  const said = await refused(latest)
  assert.ok(said.includes('4.16.9') && said.includes('console'), said)
})

test('a payload without image-references is refused by its version', async t => {
  const { scene, source, refused } = await start(t)
  const payload = buildImage({ seed: 'no release' })
  const reference = newest.reference.replace(/@.*/, `@${payload.manifest.digest}`)
  const broken = { ...newest, version: '4.16.9', tag: '4.16.9-x86_64', payload, reference }
  await source.push(broken)
  await scene.publish(CHANNEL, [...series, broken])
  assert.match(await refused(latest), /4\.16\.9.*image-references/)
})

test('an update server that fails three times is asked again', async t => {
  const { scene } = await start(t)
  scene.graphs.answer('/graph?', { status: 500 }, 3)
  scene.wantPlatform(latest)
  assert.equal((await scene.plan()).code, 2)
  assert.equal(scene.graphs.requests.filter(request => request.startsWith('/graph?')).length, 4)
})

test('update graphs that are not JSON, or have a node without payload, choose nothing', async t => {
  const { scene, refused } = await start(t)
  const whole = updateGraph(series)
  const [first] = whole.nodes
  const { payload: _, ...bare } = first as UpdateGraph['nodes'][number]
  scene.graphs.setGraph('amd64', 'stable-4.15', { ...whole, nodes: [bare, ...whole.nodes.slice(1)] })
  assert.match(
    await refused({ channels: [{ name: CHANNEL }, { name: 'stable-4.15' }] }),
    /stable-4\.15.*4\.16\.0 has no payload/,
  )
  scene.graphs.answer(`channel=${CHANNEL}`, { status: 200, body: '<html>' })
  assert.match(await refused(latest), /stable-4\.16.*is not JSON/)
})

test('a channel or version that is not there is refused with what is', async t => {
  const { refused } = await start(t)
  assert.match(await refused({ channels: [{ name: 'stabel-4.16' }] }), /stabel-4\.16.*stable-4\.16/)
  const version = await refused({
    channels: [{ name: CHANNEL, minVersion: '4.16.3', maxVersion: '4.16.4', shortestPath: true }],
  })
  assert.match(version, /4\.16\.3.*4\.16\.2.*4\.16\.4|4\.16\.3.*4\.16\.4.*4\.16\.2/)
})

test('a range whose ends are the wrong way round is refused at its place in the file', async t => {
  const { refused } = await start(t)
  const said = await refused({ channels: [{ name: CHANNEL, minVersion: '4.16.4', maxVersion: '4.16.0' }] })
  assert.match(said, /imageset\.yaml:\d+:\d+.*minVersion 4\.16\.4 is above maxVersion 4\.16\.0/)
})

test('a way that the graph does not have is named with its ends', async t => {
  const { scene, refused } = await start(t)
  scene.graphs.setGraph('amd64', CHANNEL, updateGraph(series, [['4.16.0', '4.16.2']]))
  const channel = { name: CHANNEL, minVersion: '4.16.0', maxVersion: '4.16.4', shortestPath: true }
  assert.match(await refused({ channels: [channel] }), /4\.16\.0.*4\.16\.4/)
})

/**
 * What a plan asks for, and a plan that is made again: shared components are read once, the update graph's image is the
 * same image, and with the documents of an earlier plan nobody is asked for them.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { RegistryServer } from '../../providers/embedded/index.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type ReleaseScene, releaseScene, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { graphDataArchive } from '../../testdata/update-graph-server.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.0', '4.16.2'], components: 3, changed: 1 })
const base = buildMultiArch({ seed: 'ubi', config: { Entrypoint: ['/entry'], Env: ['A=b'] } })
const GRAPH_IMAGE = 'openshift/graph-image'

interface Scene {
  readonly scene: ReleaseScene
  /** Source and target. */
  readonly registry: RegistryServer
}

async function start(t: TestEnd): Promise<Scene> {
  const registry = await startTestRegistry(t)
  const source = await releaseSource(registry)
  await source.push(...series)
  await pushToServer(registry.url, 'ubi9/ubi', 'latest', base)
  const scene = await releaseScene(t, source, `docker://${registry.host}/enc1`)
  await scene.publish(CHANNEL, series)
  scene.graphs.setGraphData(graphDataArchive({ [CHANNEL]: ['4.16.0', '4.16.2'] }))
  scene.wantPlatform({ graph: true, channels: [{ name: CHANNEL }] })
  registry.clearRequests()
  return { scene, registry }
}

test('the graph image is pushed for every platform of its base, and is the same image when it is made again', async t => {
  const { scene, registry } = await start(t)
  const { url } = registry
  const flags = ['--graph-data-url', scene.graphs.graphDataUrl]
  const { document } = await scene.plan(...flags)
  const planned = document.changes.find(({ destination }) => destination.includes(GRAPH_IMAGE))
  const applied = await scene.applySaved()
  assert.equal(applied.code, 0, applied.output)
  const index = await fetch(`${url}/v2/enc1/${GRAPH_IMAGE}/manifests/latest`)
  assert.equal(index.headers.get('docker-content-digest'), planned?.digest)
  const { manifests } = (await index.json()) as {
    readonly manifests: readonly {
      readonly digest: string
      readonly platform: { readonly architecture: string }
    }[]
  }
  assert.deepEqual(
    manifests.map(({ platform }) => platform.architecture),
    ['amd64', 'arm64'],
  )
  const child = await fetch(`${url}/v2/enc1/${GRAPH_IMAGE}/manifests/${manifests[0]?.digest}`)
  const { config } = (await child.json()) as { readonly config: { readonly digest: string } }
  const answer = await fetch(`${url}/v2/enc1/${GRAPH_IMAGE}/blobs/${config.digest}`)
  const image = (await answer.json()) as {
    readonly config: { Cmd?: readonly string[]; Entrypoint?: readonly string[] }
  }
  assert.match(image.config.Cmd?.join(' ') ?? '', /cp -rp \/var\/lib\/cincinnati-graph-data\/\*/)
  assert.deepEqual(image.config.Entrypoint, ['/entry'])
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  assert.equal((await scene.plan(...flags)).code, 0, 'the same data on the same base is the same image')

  scene.graphs.setGraphData(graphDataArchive({ [CHANNEL]: ['4.16.0', '4.16.2', '4.16.4'] }))
  const newer = await scene.plan(...flags)
  assert.deepEqual(
    newer.document.changes.map(({ action, destination }) => [action, destination.split('/').at(-1)]),
    [['move', 'graph-image:latest']],
  )
})

test('every payload and every different component is read once, and nothing again for the next plan', async t => {
  const { scene, registry } = await start(t)
  scene.wantPlatform({ channels: [{ name: CHANNEL, full: true }] })
  const { document } = await scene.plan()
  assert.equal(document.changes.length, 8)
  const read = (): readonly string[] =>
    registry.requests
      .filter(({ method, path }) => method === 'GET' && /\/(manifests|blobs)\/sha256:[^/]+$/.test(path))
      .map(({ path }) => path.split('/').at(-1) ?? '')
  const images = series.flatMap(({ payload, components }) => [payload, ...components.values()])
  const manifests = new Set(images.map(({ manifest }) => manifest.digest))
  const configsAndFiles = 2 * series.length
  assert.equal(manifests.size, 6)
  assert.equal(read().length, manifests.size + configsAndFiles)
  assert.equal(new Set(read()).size, read().length)
  const graphs = scene.graphs.requests.filter(request => request.startsWith('/graph?'))
  assert.equal(graphs.length, 1)
  registry.clearRequests()
  await scene.plan()
  assert.deepEqual(read(), [])
})

test('with the documents of an earlier plan the same plan is made without update server, byte for byte, and applied without any cache', async t => {
  const { scene } = await start(t)
  const flags = ['--graph-data-url', scene.graphs.graphDataUrl]
  await scene.plan(...flags)
  const before = scene.read(PLAN)
  scene.write('earlier.plan.json', before)
  await scene.graphs.close()
  assert.equal((await scene.at('plan', [...flags, '--retry-times', '0'])).code, 1)
  rmSync(scene.path(PLAN))
  await scene.plan(...flags, '--inputs', 'earlier.plan.json')
  assert.equal(scene.read(PLAN), before)
  rmSync(path.join(scene.home, '.cache'), { recursive: true })
  const applied = await scene.applySaved()
  assert.equal(applied.code, 0, applied.output)
  assert.equal(JSON.parse(scene.read(STATE)).images.length, 5)
})

test('a base image that cannot be reached is named, with the flag that names another', async t => {
  const { scene } = await start(t)
  const flags = ['--graph-data-url', scene.graphs.graphDataUrl]
  const other = ['--graph-data-base-image', '127.0.0.1:1/ubi9/gone:1']
  const { code, stderr } = await scene.at('plan', [...flags, ...other, '--retry-times', '0', '-o', PLAN])
  assert.equal(code, 1)
  assert.match(stderr, /127\.0\.0\.1:1\/ubi9\/gone:1[\s\S]*--graph-data-base-image/)
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { RecordedRequest, RegistryServerOptions } from '../../providers/embedded/index.ts'
import { openLayoutTarget } from '../../providers/layout/index.ts'
import { openRegistries } from '../../providers/registry/index.ts'
import { openStateFile } from '../../state/index.ts'
import { buildArtifact, buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { applyTo, changesOf, type MirrorSetup, never, planFor } from '../../testdata/mirroring.ts'
import { pushToServer } from '../../testdata/push.ts'
import { plannedLines } from '../../testdata/recording-proxy.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import type { Target } from '../provider.ts'
import { parseTarget } from '../target.ts'
import { verifyState } from './verify.ts'

/** A source over HTTP with one image of each kind, and a target: another server with a prefix, or a folder. */
async function scene(
  t: TestContext,
  kind: 'registry' | 'layout',
  options: Partial<RegistryServerOptions> = {},
) {
  const [source, destination] = [await startTestRegistry(t), await startTestRegistry(t, options)]
  const folder = temporaryFolder(t)
  const address =
    kind === 'registry'
      ? parseTarget(`docker://${destination.host}/ocp`)
      : parseTarget(`oci://${join(folder, 'layout')}`)
  const registries = await openRegistries({
    env: {},
    home: folder,
    srcTlsVerify: false,
    destTlsVerify: false,
    retries: 0,
    target: address,
  })
  t.after(() => registries.close())
  const target: Target =
    address.kind === 'layout' ? openLayoutTarget(address.folder) : registries.target(address)
  const store = openStateFile(join(folder, 'mirror.state.json'))
  const setup: MirrorSetup = { target, sources: registries.sources, store }
  const index = buildMultiArch()
  await pushToServer(source.url, 'team/app', '1', index)
  await pushToServer(source.url, 'team/app', '2', index)
  await pushToServer(source.url, 'tools/single', '1', buildImage({ seed: 'single' }))
  await pushToServer(source.url, 'tools/list', '1', buildMultiArch({ seed: 'list', mediaTypes: 'docker' }))
  const chart = buildArtifact({
    artifactType: 'application/vnd.example.chart',
    blobs: [Buffer.from('chart')],
  })
  await pushToServer(source.url, 'charts/one', '1', chart)
  const signature = buildCosignSignature(index.manifest.digest)
  await pushToServer(source.url, 'team/app', signature.tag, signature)
  const sbom = buildArtifact({ artifactType: 'application/spdx+json', subject: index })
  await pushToServer(source.url, 'team/app', undefined, sbom)
  const names = ['team/app:1', 'team/app:2', 'tools/single:1', 'tools/list:1', 'charts/one:1']
  const wanted = (list: readonly string[]) => list.map(name => `${source.host}/${name}`)
  return {
    source,
    destination,
    setup,
    names,
    index,
    plan: (list: readonly string[], refresh = true) => planFor(setup, wanted(list), { refresh }),
    async verify() {
      const loaded = await store.read()
      assert.ok(loaded)
      const { state } = loaded
      return verifyState(state, { target, deep: true, parallel: 4, onBytes: () => {}, signal: never() })
    },
  }
}

/** What the server was asked to change, in the words of a plan; a session is the request that ends it. */
function mutationOf({ method, what, repository, reference = '', query }: RecordedRequest): readonly string[] {
  const parameters = new URLSearchParams(query)
  if (method === 'POST' && parameters.has('mount'))
    return [`mount ${repository} ${reference} from ${parameters.get('from')}`]
  if (method === 'PUT' && what === 'upload') return [`upload ${repository} ${parameters.get('digest')}`]
  if (method === 'PUT' && what === 'manifest') return [`put-manifest ${repository} ${reference}`]
  if (method === 'DELETE' && what === 'manifest') return [`delete ${repository} ${reference}`]
  return []
}

const servers: readonly (readonly [string, Partial<RegistryServerOptions>])[] = [
  ['a registry that can do everything', {}],
  [
    'a registry that deletes by digest only and has no referrers API',
    { allowTagDelete: false, referrersApi: false },
  ],
]

for (const [what, options] of servers)
  describe(what, () => {
    it('is asked exactly what the plan lists, to add, move and delete', async t => {
      const { source, destination, setup, names, plan, verify } = await scene(t, 'registry', options)
      const first = await plan(names)
      destination.clearRequests()
      assert.equal((await applyTo(setup, first)).done, names.length)
      const recorded = () => destination.requests.flatMap(mutationOf).sort()
      assert.deepEqual(recorded(), plannedLines(first).toSorted())
      await pushToServer(source.url, 'tools/single', '1', buildImage({ seed: 'moved' }))
      const second = await plan(['team/app:1', 'tools/single:1', 'tools/list:1'])
      assert.deepEqual(changesOf(second), [
        'move ocp/tools/single:1',
        'delete ocp/charts/one:1',
        'delete ocp/team/app:2',
      ])
      destination.clearRequests()
      assert.equal((await applyTo(setup, second)).done, 3)
      assert.deepEqual(recorded(), plannedLines(second).toSorted())
      assert.deepEqual((await verify()).findings, [])
    })

    it('is read with HEADs alone when nothing changed, and not at all with refresh off', async t => {
      const { destination, setup, names, plan } = await scene(t, 'registry', options)
      await applyTo(setup, await plan(names))
      destination.clearRequests()
      assert.deepEqual((await plan(names)).changes, [])
      const ofContent = destination.requests.filter(({ what }) => what === 'manifest' || what === 'blob')
      assert.deepEqual(new Set(ofContent.map(({ method }) => method)), new Set(['HEAD']))
      assert.equal(ofContent.length, names.length)
      destination.clearRequests()
      assert.deepEqual((await plan(names, false)).changes, [])
      assert.deepEqual(destination.requests, [])
    })
  })

it('a folder takes the same images, and after the second apply only what is wanted', async t => {
  const { setup, names, plan, verify } = await scene(t, 'layout')
  assert.equal((await applyTo(setup, await plan(names))).done, names.length)
  assert.deepEqual((await verify()).findings, [])
  assert.deepEqual((await plan(names)).changes, [])
  assert.equal((await applyTo(setup, await plan(['team/app:1']))).done, 4)
  assert.deepEqual((await verify()).findings, [])
  assert.deepEqual((await plan(['team/app:1'])).changes, [])
})

it('bytes that a source damages on the way fail their image, and nothing wrong is at the target', async t => {
  const damage: { blob?: string } = {}
  const source = await startTestRegistry(t, {
    faults: ({ method, reference }) =>
      method === 'GET' && reference === damage.blob ? { do: 'corrupt' } : undefined,
  })
  const { setup, destination, verify } = await scene(t, 'registry')
  const [good, bad] = [buildImage({ seed: 'good' }), buildImage({ seed: 'bad' })]
  await pushToServer(source.url, 'good', '1', good)
  await pushToServer(source.url, 'bad', '1', bad)
  const made = await planFor(setup, [`${source.host}/good:1`, `${source.host}/bad:1`])
  const layer = [...bad.blobs.keys()].at(-1)
  assert.ok(layer)
  damage.blob = layer
  const result = await applyTo(setup, made)
  assert.deepEqual([result.done, result.failed], [1, 1])
  assert.equal((await fetch(`${destination.url}/v2/ocp/bad/manifests/1`)).status, 404)
  assert.equal((await fetch(`${destination.url}/v2/ocp/bad/blobs/${layer}`)).status, 404)
  assert.deepEqual((await verify()).findings, [])
})

/** Builders of releases and the server that lists them: what they make fits together, and the real tools accept it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { skipWithout, startDockerRegistry } from './docker-registry.ts'
import { manifestsOf } from './images.ts'
import { buildSeries } from './release-series.ts'
import { buildRelease, COMPONENT_REPOSITORY, PAYLOAD_REPOSITORY, pushRelease } from './releases.ts'
import { cliWorkspace } from './run-cli.ts'
import { rawDigest } from './skopeo.ts'
import { startUpdateGraphServer, updateGraph } from './update-graph-server.ts'

test('a payload names every component by the digest that the component has', () => {
  const release = buildRelease({
    version: '4.16.2',
    components: { etcd: 'a', cli: 'b' },
    machines: { x86_64: 'm' },
  })
  const layers = [...release.payload.blobs.values()].slice(1).map(blob => gunzipSync(blob).toString())
  assert.equal(layers.length, 2)
  const top = layers.at(-1) ?? ''
  for (const image of [...release.components.values(), ...release.machines.values()])
    assert.match(top, new RegExp(`quay.io/${COMPONENT_REPOSITORY}@${image.manifest.digest}`))
  assert.equal(release.tag, '4.16.2-x86_64')
})

test('a series has as many different components as it says', () => {
  const series = buildSeries({ versions: ['4.16.0', '4.16.1', '4.16.2'], components: 10, changed: 2 })
  const digests = series.flatMap(({ components }) =>
    [...components.values()].map(({ manifest }) => manifest.digest),
  )
  assert.equal(digests.length, 30)
  assert.equal(new Set(digests).size, 10 + 2 + 2)
})

test('a release lies in a real registry under the paths of quay.io', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(() => registry.close())
  const release = buildRelease({ version: '4.16.2', architecture: 'multi', components: { etcd: 'a' } })
  await pushRelease(registry.url, release)
  const workspace = cliWorkspace(t)
  const payload = `docker://${registry.host}/${PAYLOAD_REPOSITORY}:4.16.2-multi`
  assert.equal(await rawDigest(workspace, payload), release.payload.manifest.digest)
  assert.equal(manifestsOf(release.payload).length, 3)
  const component = release.components.get('etcd')?.manifest.digest
  assert.equal(
    await rawDigest(workspace, `docker://${registry.host}/${COMPONENT_REPOSITORY}@${component}`),
    component,
  )
})

test('the update-graph server holds graphs by channel, numbers signatures, and fails as often as it is told', async t => {
  const [release] = buildSeries({ versions: ['4.16.0'], components: 1, changed: 0 })
  assert.ok(release)
  const server = await startUpdateGraphServer(t)
  server.setGraph('amd64', 'stable-4.16', updateGraph([release]))
  server.setSignatures(release.payload.manifest.digest, [Buffer.from('one'), Buffer.from('two')])
  server.answer('channel=stable-4.16', { status: 500 }, 1)
  const stable = `${server.graphUrl}?channel=stable-4.16&arch=amd64&id=1`
  assert.equal((await fetch(stable)).status, 500)
  const graph = (await (await fetch(stable)).json()) as ReturnType<typeof updateGraph>
  assert.equal(graph.nodes[0]?.payload, release.reference)
  const unknown = await fetch(`${server.graphUrl}?channel=none&arch=amd64`)
  assert.deepEqual(((await unknown.json()) as ReturnType<typeof updateGraph>).nodes, [])
  const folder = `${server.signatureUrl}${release.payload.manifest.digest.replace(':', '=')}`
  assert.equal(await (await fetch(`${folder}/signature-2`)).text(), 'two')
  assert.equal((await fetch(`${folder}/signature-3`)).status, 404)
  assert.equal(server.requests.length, 5)
})

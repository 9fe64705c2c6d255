/**
 * Enclaves by way of an enterprise registry, to the end: releases are planned there with the update server of the internet shut
 * down, and an image can say by which targets and discs it came.
 */
import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout } from '../../testdata/docker-registry.ts'
import { type EnclaveScene, enclaveScene, startEnclaveRegistries } from '../../testdata/enclave-scene.ts'
import { buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { BASE_HOST, digestAt, placesOf, platformText, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { RELEASE_HOST, type Release } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import {
  graphDataArchive,
  startUpdateGraphServer,
  type UpdateGraphServer,
  updateGraph,
} from '../../testdata/update-graph-server.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.1', '4.16.2', '4.16.3'], components: 3, changed: 1 })
const newest = series[2] as Release
const PAYLOAD = newest.payload.manifest.digest
const IMAGES = `openshift/release-images:${newest.tag}`
const SOURCE = `${RELEASE_HOST}/openshift-release-dev/ocp-release@${PAYLOAD}`
const HOSTS = [RELEASE_HOST, BASE_HOST]

/** What `why --json` tells of one image. */
interface ChainStation {
  readonly at: string
  readonly name?: string
  readonly destination?: string
  readonly digest?: string
  readonly number?: number
  readonly source?: string
  readonly why?: string
}

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let internet: DockerRegistry
  let enterprise: DockerRegistry
  let site: DockerRegistry
  before(async () => {
    ;[internet, enterprise, site] = await startEnclaveRegistries()
    const source = await releaseSource(internet)
    await source.push(...series)
    await pushToServer(internet.url, 'ubi9/ubi', 'latest', buildImage({ seed: 'ubi' }))
  })
  after(() => Promise.all([internet.close(), enterprise.close(), site.close()]))

  /** A server of the internet, with the environment that leads there. */
  async function graphServer(t: TestEnd) {
    const source = await releaseSource(internet)
    const graphs = await startUpdateGraphServer(t)
    publish(graphs)
    graphs.setGraphData(graphDataArchive({ [CHANNEL]: series.map(({ version }) => version) }))
    for (const release of series)
      graphs.setSignatures(release.payload.manifest.digest, [await source.signatureOf(release)])
    const env = {
      UPDATE_URL_OVERRIDE: graphs.graphUrl,
      OCP_SIGNATURE_URL: graphs.signatureUrl,
      OCP_SIGNATURE_VERIFICATION_PK: 'release-key.asc',
    }
    return { graphs, env, key: source.signer.armoredPublicKey }
  }

  const publish = (graphs: UpdateGraphServer) =>
    graphs.setGraph('amd64', CHANNEL, updateGraph(series, undefined, { channels: [CHANNEL] }))

  function writeSets(scene: EnclaveScene, key: string): void {
    const channel = (minVersion: string) => ({ name: CHANNEL, minVersion, maxVersion: '4.16.3' })
    scene.write('release-key.asc', key)
    scene.write('all.yaml', platformText({ graph: true, channels: [channel('4.16.2')] }))
    scene.write('some.yaml', platformText({ graph: true, channels: [channel('4.16.3')] }))
  }

  async function chainOf(scene: EnclaveScene, ...asked: readonly string[]): Promise<readonly ChainStation[]> {
    const told = await scene.run(['why', ...asked, '--json'])
    assert.equal(told.code, 0, told.output)
    const { uses } = JSON.parse(told.stdout) as { uses: { chain: readonly ChainStation[] }[] }
    return uses[0]?.chain ?? []
  }

  async function assertHeld(prefix: string): Promise<void> {
    for (const [place, { manifest }] of placesOf(newest))
      assert.equal(await digestAt(site.url, `${prefix}/${place}`), manifest.digest, place)
    const graphImage = 'openshift/graph-image:latest'
    assert.equal(
      await digestAt(site.url, `${prefix}/${graphImage}`),
      await digestAt(enterprise.url, `${prefix}/${graphImage}`),
    )
  }

  /** What the enterprise holds is found by skopeo too, with the rules that are printed for other tools. */
  async function assertFoundByRules(scene: EnclaveScene): Promise<void> {
    const conf = await scene.run(['state', 'registries-conf', '--target', 'enterprise'])
    assert.equal(conf.code, 0, conf.output)
    const insecure = conf.stdout.replaceAll(/^location = .*\/wire\/.*$/gm, '$&\ninsecure = true')
    const payload = `docker://${RELEASE_HOST}/openshift-release-dev/ocp-release:${newest.tag}`
    const rules = ['--registries-conf', scene.write('read.conf', insecure)]
    assert.equal(await rawDigest(scene, payload, ...rules), PAYLOAD)
  }

  test('internet, enterprise, enclave: graphs come from a kept plan or the enterprise, and the chain is whole', async t => {
    const { graphs, env, key } = await graphServer(t)
    const scene = enclaveScene(t, internet.host, HOSTS, env)
    writeSets(scene, key)
    const hub = { name: 'enterprise', to: `docker://${enterprise.host}/wire`, imageSets: ['all.yaml'] }
    const enc1 = {
      name: 'enc1',
      to: `docker://${site.host}/wire`,
      via: 'enterprise',
      imageSets: ['some.yaml'],
    }
    scene.topology(hub, enc1)
    const data = ['--graph-data-url', graphs.graphDataUrl]
    const planned = await scene.at('plan', 'enterprise', ...data, '-o', 'enterprise.plan.json')
    assert.equal(planned.code, 0, planned.output)
    const applied = await scene.run(['apply', 'enterprise.plan.json', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    scene.cut()
    graphs.clearRequests()

    const lost = await scene.at('plan', 'enc1')
    assert.equal(lost.code, 1, lost.output)
    const said = lost.stderr.replace(/\s+/g, ' ')
    assert.match(
      said,
      /the update graph of channel stable-4\.16 \(x86_64\) .*nothing beyond enterprise is asked/,
    )
    assert.match(said, /updateService of the target enterprise .*inputs of the target enterprise/)
    assert.deepEqual(graphs.requests, [])
    await graphs.close()

    const service = await startUpdateGraphServer(t)
    publish(service)
    scene.topology({ ...hub, updateService: service.graphUrl }, enc1)
    const served = await scene.at('plan', 'enc1', '-o', 'served.plan.json')
    assert.equal(served.code, 0, served.output)
    assert.deepEqual(service.requests, [`/graph?arch=amd64&channel=${CHANNEL}`])

    scene.topology({ ...hub, inputs: 'enterprise.plan.json' }, enc1)
    await scene.apply('enc1')
    await assertHeld('wire')
    await assertFoundByRules(scene)
    const signed = scene.state('enc1').images.filter(image => image.releaseSignatures?.length)
    assert.deepEqual(
      signed.map(({ digest }) => digest),
      [PAYLOAD],
    )

    const there = { at: 'target', destination: `${enterprise.host}/wire/${IMAGES}`, digest: PAYLOAD }
    const whole = [
      { at: 'target', name: 'enc1', destination: `${site.host}/wire/${IMAGES}`, digest: PAYLOAD },
      { ...there, name: 'enterprise' },
      { at: 'source', source: SOURCE, digest: PAYLOAD },
    ]
    assert.deepEqual(await chainOf(scene, IMAGES, '--target', 'enc1'), whole)
    scene.topology({ ...hub, state: 'elsewhere.json' }, enc1)
    const broken = await chainOf(scene, IMAGES, '--target', 'enc1')
    assert.deepEqual(broken.slice(0, 1), whole.slice(0, 1))
    assert.match(broken[1]?.why ?? '', /there is no state \S*elsewhere\.json of enterprise here/)

    scene.topology({ ...hub, inputs: 'enterprise.plan.json' }, enc1)
    const oldest = { name: CHANNEL, minVersion: '4.16.1', maxVersion: '4.16.3' }
    scene.write('some.yaml', platformText({ channels: [oldest] }))
    const lacking = await scene.at('plan', 'enc1')
    assert.equal(lacking.code, 1)
    assert.match(lacking.stderr.replace(/\s+/g, ' '), /is not held by enterprise \(docker:/)
  })

  test('internet, disc, enterprise, disc, enclave: every disc is in the chain, on both sides of the gap', async t => {
    const { graphs, env, key } = await graphServer(t)
    const data = ['--graph-data-url', graphs.graphDataUrl]
    const [near, hub, far] = [0, 1, 2].map(() => enclaveScene(t, internet.host, HOSTS, env)) as [
      EnclaveScene,
      EnclaveScene,
      EnclaveScene,
    ]
    writeSets(near, key)
    writeSets(hub, key)
    hub.cut()
    far.cut()
    const place = `docker://${enterprise.host}/disc`
    const disc1 = ['--to', `file://${near.path('disc')}`, '--for', place, '--state', 'hub.state.json']
    const written = await near.run(['apply', '-c', 'all.yaml', ...disc1, ...data, '--yes', ...PLAIN_HTTP])
    assert.equal(written.code, 0, written.output)
    await graphs.close()

    cpSync(near.path('disc'), path.join(hub.folder, 'disc1'), { recursive: true })
    hub.topology(
      { name: 'enterprise', to: place, imageSets: ['all.yaml'], inputs: 'enterprise.plan.json' },
      { name: 'enc1', to: `docker://${site.host}/disc`, via: 'enterprise', imageSets: ['some.yaml'] },
    )
    const from = ['--from', `file://${hub.path('disc1')}`, ...data, '-o', 'enterprise.plan.json']
    const arriving = await hub.at('plan', 'enterprise', ...from)
    assert.equal(arriving.code, 0, arriving.output)
    const arrived = await hub.run(['apply', 'enterprise.plan.json', ...PLAIN_HTTP])
    assert.equal(arrived.code, 0, arrived.output)
    const disc2 = ['--to', `file://${hub.path('disc2')}`, '--for', 'enc1']
    const sent = await hub.run(['apply', ...disc2, '--yes', ...PLAIN_HTTP])
    assert.equal(sent.code, 0, sent.output)

    cpSync(hub.path('disc2'), path.join(far.folder, 'disc'), { recursive: true })
    const here = ['--from', `file://${far.path('disc')}`, '--to', `docker://${site.host}/disc`]
    const taken = await far.run(['apply', ...here, '--state', 'enc1.state.json', '--yes', ...PLAIN_HTTP])
    assert.equal(taken.code, 0, taken.output)
    await assertHeld('disc')

    const told = await hub.run(['why', IMAGES, '--target', 'enc1'])
    assert.match(
      told.stdout.replace(/\s+/g, ' '),
      /← archive 1 \(sha256:\w+\), on its way: no receipt confirms it/,
    )
    hub.write('site.receipt.json', far.read('enc1.receipt.json'))
    const received = await hub.run(['receipt', 'import', 'site.receipt.json', '--state', 'enc1.state.json'])
    assert.equal(received.code, 0, received.output)
    const chain = await chainOf(hub, IMAGES, '--target', 'enc1')
    assert.deepEqual(
      chain.map(({ at, name, number, digest, source }) => [at, name ?? number ?? source, digest]),
      [
        ['target', 'enc1', PAYLOAD],
        ['archive', 1, undefined],
        ['target', 'enterprise', PAYLOAD],
        ['archive', 1, undefined],
        ['source', SOURCE, PAYLOAD],
      ],
    )
    const alone = await chainOf(far, IMAGES, '--state', 'enc1.state.json')
    assert.deepEqual(
      alone.map(({ at }) => at),
      ['target', 'archive', 'unknown'],
    )
    assert.match(alone[2]?.why ?? '', /^the archive was written from docker:\S+\/disc, and no state of that/)
  })
})

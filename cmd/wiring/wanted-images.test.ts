/** From image set files to placed images, where image sets ask for releases: as plan and import collect them. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { formatSource } from '../../lib/graph/naming.ts'
import { parseReference } from '../../lib/oci/reference.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { noCache, sourcesOf } from '../../testdata/mirroring.ts'
import { platformText } from '../../testdata/release-scene.ts'
import { buildComponent, buildRelease, PAYLOAD_REPOSITORY, type Release } from '../../testdata/releases.ts'
import { type ReleasesInMemory, releasesInMemory } from '../../testdata/releases-in-memory.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import {
  graphDataArchive,
  startUpdateGraphServer,
  type UpdateGraphServer,
  updateGraph,
} from '../../testdata/update-graph-server.ts'
import { collectTexts, type Given } from './testing/collecting.ts'
import type { WantedSet } from './wanted-images.ts'

const CHANNEL = 'stable-4.16'

interface Scene {
  readonly memory: ReleasesInMemory
  readonly server: UpdateGraphServer
  readonly env: NodeJS.ProcessEnv
  write(name: string, text: string | Uint8Array): string
  publish(channel: string, ...releases: readonly Release[]): Promise<void>
  collect(texts: readonly string[], given?: Given): Promise<WantedSet>
}

async function sceneOf(t: TestContext): Promise<Scene> {
  const folder = temporaryFolder(t)
  const memory = await releasesInMemory()
  const server = await startUpdateGraphServer(t)
  const write = (name: string, text: string | Uint8Array) => {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const env: NodeJS.ProcessEnv = {
    UPDATE_URL_OVERRIDE: server.graphUrl,
    OCP_SIGNATURE_URL: server.signatureUrl,
    OCP_SIGNATURE_VERIFICATION_PK: write('key.asc', memory.signer.armoredPublicKey),
  }
  return {
    memory,
    server,
    env,
    write,
    async publish(channel, ...releases) {
      await memory.publish(channel, releases)
      server.setGraph('amd64', channel, updateGraph(releases, undefined, { channels: [channel] }))
      for (const release of releases) {
        const signature = memory.web.get(memory.signatureAt(release))
        if (signature !== undefined) server.setSignatures(release.payload.manifest.digest, [signature])
      }
    },
    collect(texts, given) {
      const places = { sources: sourcesOf(memory.quay, memory.bases), cache: noCache }
      return collectTexts(folder, texts, places, given, env)
    },
  }
}

function placesOf({ images }: WantedSet): readonly string[] {
  return images.map(({ destination: { repository, tag } }) => `${repository}:${tag}`)
}

/** The release of the worked example: one image under two names, and one that is blocked. */
function exampleRelease(version = '4.16.2'): Release {
  const cli = buildComponent('cli')
  return buildRelease({ version, components: { cli, 'cli-debug': 'debug', tools: cli } })
}

test('the worked example of oc-mirror: three images of a release, the blocked component is left out and told', async t => {
  const scene = await sceneOf(t)
  await scene.publish(CHANNEL, exampleRelease())
  const wanted = await scene.collect([
    `kind: ImageSetConfiguration
mirror:
  platform:
    channels: [{name: stable-4.16, minVersion: 4.16.2, maxVersion: 4.16.2}]
  additionalImages: [{name: "registry.redhat.io/ubi8/ubi:latest"}]
  blockedImages: [{name: "-debug$"}]
`,
  ])
  assert.deepEqual(placesOf(wanted), [
    'ns/openshift/release-images:4.16.2-x86_64',
    'ns/openshift/release:4.16.2-x86_64-cli',
    'ns/openshift/release:4.16.2-x86_64-tools',
    'ns/ubi8/ubi:latest',
  ])
  assert.deepEqual(wanted.notes, [
    'openshift/release:4.16.2-x86_64-cli-debug is left out: blockedImages says -debug$',
  ])
  assert.deepEqual(
    wanted.documents.map(({ url }) => new URL(url).pathname.replace(/[0-9a-f]{64}/, 'HEX')),
    ['/graph', '/signatures/sha256=HEX/signature-1'],
  )
})

test('a note names a few of many blocked images', async t => {
  const scene = await sceneOf(t)
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => `quay.io/acme/${name}:1`)
  const text = `kind: ImageSetConfiguration
mirror:
  additionalImages: [${names.map(name => `{name: "${name}"}`).join(', ')}]
  blockedImages: [{name: acme}]
`
  const { images, notes } = await scene.collect([text])
  assert.deepEqual(images, [])
  assert.deepEqual(notes, [
    'quay.io/acme/a:1, quay.io/acme/b:1, quay.io/acme/c:1 and 3 more are left out: blockedImages says acme',
  ])
})

test('two image sets that ask for one release want it once, for the channels of both', async t => {
  const scene = await sceneOf(t)
  const release = exampleRelease()
  await scene.publish(CHANNEL, release)
  await scene.publish('fast-4.16', release)
  const wanted = await scene.collect(
    [CHANNEL, 'fast-4.16'].map(name => platformText({ channels: [{ name }] })),
  )
  assert.equal(wanted.images.length, 4)
  for (const { origins } of wanted.images) {
    assert.equal(origins.length, 1)
    assert.deepEqual(
      origins.map(origin => (origin.kind === 'release' ? origin.channels : [])),
      [['fast-4.16', CHANNEL]],
    )
  }
  assert.equal(scene.server.requests.filter(request => request.includes('signature')).length, 1)
  const payloads = scene.memory.quay.requests.filter(({ repository }) => repository === PAYLOAD_REPOSITORY)
  assert.ok(payloads.filter(({ what }) => what === 'blob').length <= 2, 'the payload is read once')
})

test('failing releases of several image sets are told together', async t => {
  const scene = await sceneOf(t)
  const [a, b] = [exampleRelease('4.16.1'), exampleRelease('4.17.3')]
  await scene.publish(CHANNEL, a)
  await scene.publish('stable-4.17', b)
  for (const { payload } of [a, b]) scene.server.setSignatures(payload.manifest.digest, [])
  await assert.rejects(
    scene.collect([CHANNEL, 'stable-4.17'].map(name => platformText({ channels: [{ name }] }))),
    /4\.16\.1[^\n]*no signature[^\n]*\n4\.17\.3[^\n]*no signature/,
  )
})

test('a key file that is not there or holds no key is refused with its name', async t => {
  const scene = await sceneOf(t)
  const text = platformText({ channels: [{ name: CHANNEL }] })
  scene.env.OCP_SIGNATURE_VERIFICATION_PK = '/nowhere/key.asc'
  await assert.rejects(scene.collect([text]), /cannot read public key \/nowhere\/key\.asc: there is no such/)
  const empty = scene.write('empty.asc', 'nothing')
  scene.env.OCP_SIGNATURE_VERIFICATION_PK = empty
  await assert.rejects(scene.collect([text]), new RegExp(`${empty} holds no public key`))
})

test('graph data may be a file, and the base image that of the options', async t => {
  const scene = await sceneOf(t)
  scene.memory.bases.hold('acme/base', 'v1', buildMultiArch())
  const data = scene.write('graph-data.tar.gz', graphDataArchive({ [CHANNEL]: ['4.16.0'] }))
  const wanted = await scene.collect([platformText({ graph: true })], {
    graphDataUrl: `file://${data}`,
    graphDataBaseImage: parseReference('registry.access.redhat.com/acme/base:v1'),
  })
  assert.deepEqual(placesOf(wanted), ['ns/openshift/graph-image:latest'])
  const [image] = wanted.images
  assert.match(
    image === undefined ? '' : formatSource(image.source),
    /^registry\.access\.redhat\.com\/acme\/base@sha256:/,
  )
  assert.ok(image?.made)
  assert.deepEqual(scene.server.requests, [])
})

/**
 * The command lines of the product documentation for `oc adm release mirror` and `oc adm catalog mirror`, typed as they are
 * there: to a registry, and through a folder into a disconnected one.
 */
import assert from 'node:assert/strict'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { decodeState } from '../../lib/files/state-file.ts'
import { signatureFile, signatureFileName } from '../../lib/resources/signature-file.ts'
import { makeCertificates } from '../../testdata/certificates.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { mirrorFolderFiles, writeDiskFiles } from '../../testdata/oc-mirror-archives.ts'
import {
  digestAt,
  type ReleaseScene,
  type ReleaseSource,
  releaseScene,
  releaseSource,
  tagsAt,
} from '../../testdata/release-scene.ts'
import { buildRelease, type Release, registriesConf } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const PAYLOAD = 'quay.io/openshift-release-dev/ocp-release:4.16.3-x86_64'
const skip = skipWithout('docker-registry', 'skopeo')

describe('oc adm release mirror', { skip, concurrency: 2 }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let source: ReleaseSource
  let release: Release
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    source = await releaseSource(a)
    release = buildRelease({
      version: '4.16.3',
      components: { etcd: 'etcd', cli: 'cli', installer: 'installer' },
    })
    await source.push(release)
  })
  after(() => Promise.all([a.close(), b.close()]))

  const sceneFor = async (
    t: Parameters<typeof releaseScene>[0],
    repository: string,
  ): Promise<ReleaseScene> => {
    const scene = await releaseScene(t, source, `docker://${b.host}/${repository}`)
    await scene.publish('stable-4.16', [release])
    return scene
  }
  const mirror = (scene: ReleaseScene, ...words: string[]) =>
    scene.run(['adm', 'release', 'mirror', ...words, '--insecure'])

  test('a dry run shows what would be copied and prints the instructions; the run itself copies, and a second one finds nothing to do', async t => {
    const scene = await sceneFor(t, 'ocp4/openshift4')
    const repository = `${b.host}/ocp4/openshift4`
    scene.write('pull-secret.json', '{"auths":{}}')
    const words = [
      ...['-a', 'pull-secret.json'],
      `--from=${PAYLOAD}`,
      `--to=${repository}`,
      `--to-release-image=${repository}:4.16.3-x86_64`,
    ]
    const dry = await mirror(scene, ...words, '--dry-run')
    assert.equal(dry.code, 0, dry.output)
    assert.deepEqual(await tagsAt(b.url, 'ocp4/openshift4'), [])
    const done = await mirror(scene, ...words, '--release-image-signature-to-dir=signatures')
    assert.equal(done.code, 0, done.output)
    assert.deepEqual(await tagsAt(b.url, 'ocp4/openshift4'), [
      '4.16.3-x86_64',
      '4.16.3-x86_64-cli',
      '4.16.3-x86_64-etcd',
      '4.16.3-x86_64-installer',
    ])
    assert.equal(
      await rawDigest(scene, `docker://${repository}:4.16.3-x86_64`),
      release.payload.manifest.digest,
    )
    for (const { stdout } of [dry, done]) {
      const cut = (from: string, to: string) => stdout.slice(stdout.indexOf(from), stdout.indexOf(to))
      assert.deepEqual(
        parse(cut('imageContentSources:', 'To use the new mirrored repository for upgrades')),
        {
          imageContentSources: ['ocp-release', 'ocp-v4.0-art-dev'].map(name => ({
            mirrors: [repository],
            source: `quay.io/openshift-release-dev/${name}`,
          })),
        },
      )
      assert.match(stdout, new RegExp(`Update image: {2}${repository}:4\\.16\\.3-x86_64\n`))
    }
    const { hex } = { hex: release.payload.manifest.digest.slice('sha256:'.length) }
    const map = JSON.parse(scene.read(`signatures/signature-sha256-${hex.slice(0, 16)}.json`))
    assert.equal(map.metadata.name, `sha256-${hex}`)
    const signature = Buffer.from(await source.signatureOf(release)).toString('base64')
    assert.deepEqual(map.binaryData, { [`sha256-${hex}-1`]: signature })
    const state = `${b.host.replace(':', '-')}-ocp4.state.json`
    const resources = await scene.run(['resources', '--state', state, '--stdout'])
    assert.ok(resources.stdout.includes(`- ${repository}\n`), resources.output)
    assert.ok(resources.stdout.includes(signature), 'the state knows the signature, and clusters get it')
    const again = await mirror(scene, ...words)
    assert.match(again.stdout, /nothing to do|no changes|No changes|up to date/i, again.output)
  })

  test('a version is found in the update graph, and --to-mirror prints what apply --mapping carries out', async t => {
    const scene = await sceneFor(t, 'any/by-version')
    const words = ['--from=4.16.3', `--to=${b.host}/any/by-version`]
    const mapping = await mirror(scene, ...words, '--to-mirror')
    assert.equal(mapping.code, 0, mapping.output)
    const etcd = release.components.get('etcd')?.manifest.digest
    assert.ok(
      mapping.stdout.includes(
        `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${etcd} ${b.host}/any/by-version:4.16.3-x86_64-etcd\n`,
      ),
      mapping.output,
    )
    scene.write('release.txt', mapping.stdout)
    const applied = await scene.run(
      [
        'apply',
        '--yes',
        '--mapping',
        'release.txt',
        '--to',
        `docker://${b.host}/any`,
        '--skip-deletes',
      ].concat(['--src-tls-verify=false', '--dest-tls-verify=false']),
    )
    assert.equal(applied.code, 0, applied.output)
    assert.equal(await digestAt(b.url, 'any/by-version:4.16.3-x86_64-etcd'), etcd)
  })

  test('a folder carries a release with its signatures to where neither the source nor the signature store is reached', async t => {
    const scene = await sceneFor(t, 'carried')
    const written = await mirror(scene, '--to-dir=media/mirror', PAYLOAD)
    assert.equal(written.code, 0, written.output)
    assert.match(written.stdout, /To upload local images to a registry, run:/)
    assert.ok(existsSync(scene.path('media/mirror/v2/oci-layout')))
    const everything = 'file://openshift/release:4.16.3*'
    const copied = await scene.run([
      ...['image', 'mirror', '--from-dir=media/mirror', everything, `${b.host}/copied/release`, '--insecure'],
    ])
    assert.equal(copied.code, 0, copied.output)
    assert.equal((await tagsAt(b.url, 'copied/release')).length, 4)
    const far = await releaseScene(t, source, scene.target)
    renameSync(scene.path('media'), far.path('media'))
    writeFileSync(`${far.root}/registries.conf`, registriesConf('127.0.0.1:1', ['quay.io']))
    const uploaded = await far.run(
      [
        ...[
          'adm',
          'release',
          'mirror',
          '--from-dir=media/mirror',
          `--to=${b.host}/carried/release`,
          '--insecure',
        ],
        '--from=file://openshift/release:4.16.3-x86_64',
        '--print-mirror-instructions=idms',
      ],
      { env: { OCP_SIGNATURE_URL: 'http://127.0.0.1:1/' } },
    )
    assert.equal(uploaded.code, 0, uploaded.output)
    assert.match(uploaded.stdout, /kind: ImageDigestMirrorSet/)
    assert.equal(await digestAt(b.url, 'carried/release:4.16.3-x86_64'), release.payload.manifest.digest)
    const state = decodeState(far.read(`${b.host.replace(':', '-')}-carried.state.json`), 'state')
    assert.ok(state.images.every(({ source: from }) => from.startsWith('quay.io/openshift-release-dev/')))
  })

  test('--certificate-authority is enough for a registry with a certificate of its own authority', {
    skip: skipWithout('openssl'),
  }, async t => {
    const scene = await sceneFor(t, 'unused')
    const tls = makeCertificates(scene.root)
    const c = await startDockerRegistry({ tls })
    t.after(() => c.close())
    const words = [`--from=${PAYLOAD}`, `--to=${c.host}/ocp4/openshift4`, '--src-tls-verify=false']
    const stranger = await scene.run(['adm', 'release', 'mirror', ...words])
    assert.match(stranger.stderr, /is not signed by an authority this machine trusts/)
    const known = await scene.run(['adm', 'release', 'mirror', ...words, `--certificate-authority=${tls.ca}`])
    assert.equal(known.code, 0, known.output)
    assert.match(known.stderr, /env NODE_EXTRA_CA_CERTS=\S+ mirrorform apply --mapping release\.txt/)
    assert.match(known.stdout, /4 added/)
  })

  test('a folder that oc wrote is uploaded from, and a signature there that is wrong stops it', async t => {
    const scene = await sceneFor(t, 'from-oc')
    writeFileSync(`${scene.root}/registries.conf`, registriesConf('127.0.0.1:1', ['quay.io']))
    const { payload, components } = release
    const tag = 'openshift/release:4.16.3-x86_64'
    const images = [...components].map(([name, image]) => [`${tag}-${name}`, image] as const)
    writeDiskFiles(scene.path('mirror'), mirrorFolderFiles({ [tag]: payload, ...Object.fromEntries(images) }))
    const { digest } = payload.manifest
    const keep = (bytes: Uint8Array) => {
      const text = signatureFile(digest, [Buffer.from(bytes).toString('base64')])
      scene.write(`mirror/config/${signatureFileName(digest)}`, text)
    }
    const words = ['--from-dir=mirror', `--from=file://${tag}`, `--to=${b.host}/from-oc/release`]
    const upload = () => mirror(scene, ...words)
    const alone = await scene.run(['adm', 'release', 'mirror', ...words, '--insecure', '--retry-times=0'], {
      env: { OCP_SIGNATURE_URL: 'http://127.0.0.1:1/' },
    })
    assert.equal(alone.code, 1, alone.output)
    assert.match(alone.stderr, /Hint: signatures are looked for in the network/)
    keep(Buffer.from('not a signature'))
    const refused = await upload()
    assert.equal(refused.code, 1, refused.output)
    assert.match(refused.stderr, /is not verified/)
    assert.deepEqual(await tagsAt(b.url, 'from-oc/release'), [])
    keep(await source.signatureOf(release))
    const uploaded = await upload()
    assert.equal(uploaded.code, 0, uploaded.output)
    assert.equal(await digestAt(b.url, 'from-oc/release:4.16.3-x86_64'), digest)
    assert.equal((await tagsAt(b.url, 'from-oc/release')).length, 4)
  })
})

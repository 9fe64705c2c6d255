/**
 * `extract`: the installer out of a mirrored release, when the registry that the release came from is gone; by version from
 * the state, by reference from any registry.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { IMAGE_SET, PLAIN_HTTP, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  ARCHITECTURE_MARKER,
  commandImage,
  fakeCommand,
  fakeInstaller,
  IMAGE_MARKER,
  toldAt,
  VERSION_MARKER,
} from '../../testdata/release-commands.ts'
import { type ReleaseScene, releaseScene, releaseSource } from '../../testdata/release-scene.ts'
import { buildRelease, type Release, type ReleaseOptions } from '../../testdata/releases.ts'

const CHANNEL = 'stable-4.16'
const OC = fakeCommand('oc', [VERSION_MARKER])

function release(version: string, components: ReleaseOptions['components'] = {}): Release {
  const installer = commandImage({ 'usr/bin/openshift-install': fakeInstaller(version) })
  return buildRelease({
    version,
    components: { cli: commandImage({ 'usr/bin/oc': OC }), etcd: 'etcd', installer, ...components },
  })
}

const unmarked = commandImage({ 'usr/bin/openshift-install': fakeCommand('unmarked', [VERSION_MARKER]) })
const [r1, r2, r3] = [release('4.16.1'), release('4.16.2'), release('4.16.3', { installer: unmarked })]

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  const ends: (() => Promise<void>)[] = []
  let b: DockerRegistry
  let scene: ReleaseScene
  /** Runs `extract` on linux/amd64. */
  const extract = (...args: readonly string[]) =>
    scene.run([
      'extract',
      ...(args.includes('--command-os') ? [] : ['--command-os', 'linux']),
      ...PLAIN_HTTP,
      ...args,
    ])
  const fromState = (...args: readonly string[]) => extract('--state', STATE, ...args)

  before(async () => {
    const a = await startDockerRegistry()
    b = await startDockerRegistry()
    ends.push(() => b.close())
    scene = await releaseScene(
      { after: end => void ends.push(async () => void (await end())) },
      await releaseSource(a),
      `docker://${b.host}/ocp`,
    )
    const source = await releaseSource(a)
    await source.push(r1, r2, r3)
    await pushToServer(b.url, 'one/repository', '4.16.1-x86_64', r1.payload)
    for (const image of r1.components.values()) await pushToServer(b.url, 'one/repository', undefined, image)
    await pushToServer(b.url, 'elsewhere/release', '4.16.2-x86_64', r2.payload)
    await scene.publish(CHANNEL, [r1, r2, r3])
    scene.wantPlatform({ channels: [{ name: CHANNEL, minVersion: '4.16.1', maxVersion: '4.16.3' }] })
    await scene.apply()
    const folder = ['--to', 'oci://folder-mirror', '--state', 'folder.state.json', ...PLAIN_HTTP]
    const stored = await scene.run(['apply', '-c', IMAGE_SET, '--yes', ...folder])
    assert.equal(stored.code, 0, stored.output)
    await a.close()
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })

  test('the installer of a version is pinned to the mirror, executable, and as it was built otherwise', async () => {
    const result = await fromState('4.16.2', '--command', 'openshift-install', '--to', 'tools', '--json')
    assert.equal(result.code, 0, result.output)
    const pin = `${b.host}/ocp/openshift/release-images@${r2.payload.manifest.digest}`
    const [bytes, original] = [
      readFileSync(scene.path('tools', 'openshift-install')),
      fakeInstaller('4.16.2'),
    ]
    assert.equal(toldAt(bytes, original, IMAGE_MARKER), pin)
    assert.equal(toldAt(bytes, original, VERSION_MARKER), '4.16.2')
    assert.equal(toldAt(bytes, original, ARCHITECTURE_MARKER), 'linux/amd64')
    assert.equal(bytes.length, original.length)
    assert.equal(statSync(scene.path('tools', 'openshift-install')).mode & 0o777, 0o755)
    assert.deepEqual(readdirSync(scene.path('tools')), ['openshift-install'])
    const document = JSON.parse(result.stdout)
    assert.equal(document.format, 'mirrorform-extract')
    assert.deepEqual(document.told, { image: pin, version: '4.16.2', architecture: 'linux/amd64' })
  })

  test('the second time gives the same bytes, over those of the first', async () => {
    const args = ['4.16.1-x86_64', '--command', 'oc', '--to', 'again'] as const
    const first = await fromState(...args)
    assert.equal(first.code, 0, first.output)
    assert.match(first.stdout, /^again\/oc: oc of 4\.16\.1 for linux\/amd64, /)
    const bytes = readFileSync(scene.path('again', 'oc'))
    assert.equal(toldAt(bytes, OC, VERSION_MARKER), '4.16.1')
    assert.equal((await fromState(...args)).code, 0)
    assert.ok(readFileSync(scene.path('again', 'oc')).equals(bytes))
  })

  for (const [what, name, pin] of [
    [
      'everything in one repository, as oc adm release mirror leaves it',
      'one/repository:4.16.1-x86_64',
      'one/repository',
    ],
    [
      'payloads and components in two, as oc-mirror leaves it',
      'ocp/openshift/release-images:4.16.1-x86_64',
      'ocp/openshift/release-images',
    ],
  ] as const)
    test(`a release is also found by its reference: ${what}`, async () => {
      const result = await extract(`${b.host}/${name}`, '--command', 'openshift-install', '--to', 'named')
      assert.equal(result.code, 0, result.output)
      const bytes = readFileSync(scene.path('named', 'openshift-install'))
      const told = toldAt(bytes, fakeInstaller('4.16.1'), IMAGE_MARKER)
      assert.equal(told, `${b.host}/${pin}@${r1.payload.manifest.digest}`)
    })

  test('the command line of oc adm release extract gives the same installer', async () => {
    scene.write('pull-secret.json', '{"auths":{}}')
    const words = [
      '-a',
      'pull-secret.json',
      '--command=openshift-install',
      '--insecure=true',
      '--command-os=linux',
    ]
    const from = `${b.host}/one/repository:4.16.1-x86_64`
    const result = await scene.run(['adm', 'release', 'extract', ...words, from, '--to=by-oc'])
    assert.equal(result.code, 0, result.output)
    assert.match(
      result.stderr,
      /mirrorform extract 127\S+ --command openshift-install --command-os linux --to by-oc/,
    )
    const bytes = readFileSync(scene.path('by-oc', 'openshift-install'))
    const told = toldAt(bytes, fakeInstaller('4.16.1'), IMAGE_MARKER)
    assert.equal(told, `${b.host}/one/repository@${r1.payload.manifest.digest}`)
    const refused = await scene.run(['adm', 'release', 'extract', from, '--tools'])
    assert.match(refused.stderr, /--tools is not taken here/)
  })

  test('mirrors of components are found with the IDMS that resources writes', async () => {
    const elsewhere = `${b.host}/elsewhere/release:4.16.2-x86_64`
    const missed = await extract(elsewhere, '--command', 'oc', '--to', 'missed', '--retry-times', '0')
    assert.equal(missed.code, 1)
    assert.match(
      missed.stderr,
      /the component "cli" cannot be read:\s.*elsewhere\/release@sha256:\w+\s+does not exist/s,
    )
    assert.equal(readdirSync(scene.folder).includes('missed'), false)
    assert.equal((await scene.run(['resources', '--state', STATE, '--out', 'resources'])).code, 0)
    const idms = ['--idms-file', 'resources/idms-oc-mirror.yaml']
    const found = await extract(elsewhere, '--command', 'oc', '--to', 'found', ...idms)
    assert.equal(found.code, 0, found.output)
    assert.match(found.stderr, /mirrors are for images by digest/)
  })

  test('out of a mirror in a folder the installer has the name at the source, which is said', async () => {
    const args = ['4.16.2', '--command', 'openshift-install', '--to', 'folder-tools'] as const
    const result = await extract('--state', 'folder.state.json', ...args)
    assert.equal(result.code, 0, result.output)
    assert.match(result.stderr, /the mirror is a folder, which no cluster can pull from/)
    const bytes = readFileSync(scene.path('folder-tools', 'openshift-install'))
    assert.equal(toldAt(bytes, fakeInstaller('4.16.2'), IMAGE_MARKER), r2.reference)
  })

  for (const [what, args, said] of [
    [
      'an unknown command',
      ['4.16.1', '--command', 'openshift'],
      /no command "openshift"[\s\S]*There are oc, /,
    ],
    [
      'an unknown version',
      ['4.16.4', '--command', 'oc'],
      /has no release "4\.16\.4"[\s\S]*did you mean 4\.16\.\d[\s\S]*it holds 4\.16\.1-x86_64, 4\.16\.2-x86_64/,
    ],
    [
      'no version, and several in the mirror',
      ['--command', 'oc'],
      /the mirror has several releases[\s\S]*4\.16\.1-x86_64/,
    ],
    [
      'an installer without the marker',
      ['4.16.3', '--command', 'openshift-install'],
      /no place for the name of its release/,
    ],
    [
      'a machine that the release is not for',
      ['4.16.1', '--command', 'openshift-install', '--command-os', 'linux/s390x'],
      /not made for linux\/s390x in a release for amd64/,
    ],
    [
      'a folder that is a file',
      ['4.16.1', '--command', 'oc', '--to', STATE],
      /mirror\.state\.json is a file/,
    ],
    [
      'a folder below one that is not there',
      ['4.16.1', '--command', 'oc', '--to', 'no/such'],
      /there is no folder no/,
    ],
    [
      'a target for a folder',
      ['4.16.1', '--command', 'oc', '--to', 'docker://m:1'],
      /is no folder[\s\S]*name the mirror with --state/,
    ],
    [
      'mirrors beside a version',
      ['4.16.1', '--command', 'oc', '--idms-file', 'x.yaml'],
      /for a release that is named by reference/,
    ],
  ] as const)
    test(`is refused, and nothing is written: ${what}`, async () => {
      const listed = readdirSync(scene.folder)
      const result = await fromState(...args)
      assert.equal(result.code, 1, result.output)
      assert.match(result.stderr, said)
      assert.match(result.stderr, /Hint: /)
      assert.deepEqual(readdirSync(scene.folder), listed)
    })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { factsInMemory, manifestsInMemory } from '../../../../testdata/caches-in-memory.ts'
import { type Built, buildImage } from '../../../../testdata/images.ts'
import { MemoryRegistry } from '../../../../testdata/memory-registry.ts'
import {
  ARCHITECTURE_MARKER,
  commandImage,
  fakeCommand,
  fakeInstaller,
  IMAGE_MARKER,
  multiCommandImage,
  toldAt,
  VERSION_MARKER,
} from '../../../../testdata/release-commands.ts'
import {
  buildRelease,
  COMPONENT_REPOSITORY,
  PAYLOAD_REPOSITORY,
  type ReleaseArchitecture,
} from '../../../../testdata/releases.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import { parseRepositoryPath } from '../../../oci/reference.ts'
import { readPayload } from '../payload/index.ts'
import { extractCommand } from './extract-command.ts'

const PIN = `m.example:5000/ocp/openshift/release-images@sha256:${'a'.repeat(64)}`
const INSTALLER = 'usr/bin/openshift-install'
const signal = new AbortController().signal

/** A registry with one release of these components. */
async function scene(
  components: Readonly<Record<string, Built>>,
  architecture: ReleaseArchitecture = 'amd64',
) {
  const release = buildRelease({ version: '4.16.8', architecture, components })
  const registry = new MemoryRegistry('quay.io')
  registry.hold(PAYLOAD_REPOSITORY, undefined, release.payload)
  for (const image of release.components.values()) registry.hold(COMPONENT_REPOSITORY, undefined, image)
  const at = (path: string) => registry.repository(parseRepositoryPath(path))
  const cache = manifestsInMemory()
  const { digest } = release.payload.manifest
  const source = { reader: at(PAYLOAD_REPOSITORY), digest, name: '4.16.8', platforms: [] }
  const payload = await readPayload(source, cache, factsInMemory(), signal)
  const extract = (command: string, runsOn: string) => {
    const request = {
      command,
      runsOn: parsePlatform(runsOn),
      payload,
      pin: PIN,
      find: async ({ image }: (typeof payload.components)[number]) => ({
        reader: at(COMPONENT_REPOSITORY),
        digest: image.digest,
      }),
      platforms: [],
    }
    return extractCommand(request, cache, signal)
  }
  return { extract, registry }
}

describe('a command out of a release', () => {
  it('is the installer as it was built, told the mirror, the version and the machine', async () => {
    const { extract, registry } = await scene({ installer: commandImage({ [INSTALLER]: fakeInstaller() }) })
    const { name, bytes, told, notes } = await extract('openshift-install', 'linux/amd64')
    assert.equal(name, 'openshift-install')
    assert.equal(bytes.length, fakeInstaller().length)
    assert.equal(toldAt(bytes, fakeInstaller(), IMAGE_MARKER), PIN)
    assert.equal(toldAt(bytes, fakeInstaller(), VERSION_MARKER), '4.16.8')
    assert.equal(toldAt(bytes, fakeInstaller(), ARCHITECTURE_MARKER), 'linux/amd64')
    assert.deepEqual(told, { image: PIN, version: '4.16.8', architecture: 'linux/amd64' })
    assert.deepEqual(notes, [])
    assert.deepEqual(registry.mutations, [])
  })

  it('comes from the top layer that has it, and nothing below that is read', async () => {
    const oc = fakeCommand('oc', [VERSION_MARKER])
    const cli = buildImage({ layers: [{ 'usr/bin/oc': 'old' }, { 'usr/bin/oc': oc }], mediaTypes: 'docker' })
    const { extract, registry } = await scene({ cli, image: commandImage({ 'usr/bin/other': 'other' }) })
    const { bytes, told } = await extract('oc', 'linux/amd64')
    assert.equal(toldAt(bytes, oc, VERSION_MARKER), '4.16.8')
    assert.deepEqual(told, { version: '4.16.8' })
    const blobs = registry.requests.filter(
      ({ what, repository }) => what === 'blob' && repository === COMPONENT_REPOSITORY,
    )
    assert.equal(blobs.length, 2, 'the config and one layer of one image')
  })

  it('of a release for many machines is that of the machine it is to run on', async () => {
    const installer = multiCommandImage(INSTALLER, fakeInstaller)
    const { extract } = await scene({ installer }, 'multi')
    for (const machine of ['amd64', 'arm64']) {
      const { bytes } = await extract('openshift-install', `linux/${machine}`)
      assert.equal(toldAt(bytes, fakeInstaller(machine), ARCHITECTURE_MARKER), `multi (linux/${machine})`)
      assert.ok(Buffer.from(bytes).subarray(0, 5000).equals(fakeInstaller(machine).subarray(0, 5000)))
    }
    await assert.rejects(extract('openshift-install', 'linux/s390x'), /has no image for linux\/s390x/)
  })

  it('for a Mac has to be signed there, which is said', async () => {
    const path = 'usr/share/openshift/mac_arm64/openshift-install'
    const { extract } = await scene({ 'installer-artifacts': commandImage({ [path]: fakeInstaller() }) })
    const { notes, bytes } = await extract('openshift-install', 'darwin/arm64')
    assert.equal(toldAt(bytes, fakeInstaller(), IMAGE_MARKER), PIN)
    assert.deepEqual(notes, ['on a Mac, sign it before it runs: codesign --force --sign - openshift-install'])
  })

  it('for Windows is an .exe, and one that is told nothing stays as it was built', async () => {
    const [exe, ccoctl] = [fakeCommand('exe', [VERSION_MARKER]), fakeCommand('ccoctl', [VERSION_MARKER])]
    const { extract } = await scene({
      'cli-artifacts': commandImage({ 'usr/share/openshift/windows/oc.exe': exe }),
      'cloud-credential-operator': commandImage({ 'usr/bin/ccoctl': ccoctl }),
    })
    assert.equal((await extract('oc', 'windows/amd64')).name, 'oc.exe')
    assert.ok(Buffer.from((await extract('ccoctl', 'linux/amd64')).bytes).equals(ccoctl))
  })

  it('that has no place for its release is refused, because it would install from the public registry', async () => {
    const unmarked = fakeCommand('installer', [VERSION_MARKER, ARCHITECTURE_MARKER])
    const { extract } = await scene({ installer: commandImage({ [INSTALLER]: unmarked }) })
    await assert.rejects(extract('openshift-install', 'linux/amd64'), {
      name: 'PlanError',
      message: 'openshift-install of 4.16.8 has no place for the name of its release',
    })
  })

  it('that has no place for its machine, as in old releases, is told the rest', async () => {
    const old = fakeCommand('old', [IMAGE_MARKER, VERSION_MARKER])
    const { extract } = await scene({ installer: commandImage({ [INSTALLER]: old }) })
    const { told, notes } = await extract('openshift-install', 'linux/amd64')
    assert.deepEqual(told, { image: PIN, version: '4.16.8' })
    assert.match(notes[0] ?? '', /no place for architecture of its release/)
  })

  it('that the release does not carry is refused with what is missing', async () => {
    const { extract } = await scene({ cli: commandImage({ 'usr/bin/kubectl': '' }) })
    await assert.rejects(
      extract('openshift-install', 'linux/amd64'),
      /release 4\.16\.8 has no image "installer", which carries openshift-install/,
    )
    await assert.rejects(extract('oc', 'linux/amd64'), /has no file usr\/bin\/oc/)
  })
})

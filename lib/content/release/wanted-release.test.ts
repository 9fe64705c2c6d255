/** Where a release and its components go: oc-mirror v2's names, so that a mirror it made is adopted. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PlanError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseReference, type Reference } from '../../oci/reference.ts'
import type { Payload } from './payload/index.ts'
import { type ReleaseToPlace, wantedRelease } from './wanted-release.ts'

const HEX = { payload: 'aa'.repeat(32), cli: 'bb'.repeat(32), machine: 'cc'.repeat(32) }
const RELEASE = 'quay.io/openshift-release-dev/ocp-release'
const ART = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev'
const SECTION = { platforms: [], architectures: ['amd64'], kubeVirtContainer: false } as const

function pinned(text: string): Reference & { readonly digest: Digest } {
  const reference = parseReference(text)
  const { digest } = reference
  if (digest === undefined) throw new TypeError(`${text} has no digest`)
  return { ...reference, digest }
}

function release(names: readonly string[], over: Partial<ReleaseToPlace> = {}): ReleaseToPlace {
  const payload: Payload = {
    digest: `sha256:${HEX.payload}` as Digest,
    version: '4.16.2',
    architecture: 'amd64',
    components: names.map(name => ({ name, image: pinned(`${ART}@sha256:${HEX.cli}`) })),
    kubevirt: new Map([['x86_64', `${ART}@sha256:${HEX.machine}`]]),
    previous: [],
  }
  return {
    payload,
    reference: pinned(`${RELEASE}@sha256:${HEX.payload}`),
    version: '4.16.2',
    architecture: 'amd64',
    channels: ['stable-4.16', 'fast-4.16'],
    signatures: [signed(`${RELEASE}:4.16.2-x86_64`)],
    ...over,
  }
}

function signed(reference: string, text = 'signature') {
  return { bytes: new TextEncoder().encode(text), reference, signedBy: 'AB12' }
}

function placesOf(of: ReleaseToPlace, section = SECTION): readonly string[] {
  return wantedRelease(of, section).map(({ repository, tag }) => `${repository}:${tag}`)
}

describe('a release', () => {
  it('goes to openshift/release-images, its components to openshift/release', () => {
    assert.deepEqual(placesOf(release(['etcd', 'installer'])), [
      'openshift/release-images:4.16.2-x86_64',
      'openshift/release:4.16.2-x86_64-etcd',
      'openshift/release:4.16.2-x86_64-installer',
    ])
  })

  it('is read by digest, says who asks for it, and has its signatures with it', () => {
    const signatures = [signed(`${RELEASE}:4.16.2-x86_64`, 'one'), signed(`${RELEASE}:4.16.2-x86_64`, 'more')]
    const [payload, cli] = wantedRelease(release(['cli'], { signatures }), SECTION)
    const origin = {
      kind: 'release',
      version: '4.16.2',
      architecture: 'x86_64',
      channels: ['fast-4.16', 'stable-4.16'],
    }
    assert.deepEqual(payload, {
      source: { kind: 'registry', reference: pinned(`${RELEASE}@sha256:${HEX.payload}`) },
      repository: 'openshift/release-images',
      tag: '4.16.2-x86_64',
      platforms: [],
      origins: [origin],
      releaseSignatures: ['b25l', 'bW9yZQ=='],
    })
    assert.deepEqual(cli, {
      source: { kind: 'registry', reference: pinned(`${ART}@sha256:${HEX.cli}`) },
      repository: 'openshift/release',
      tag: '4.16.2-x86_64-cli',
      platforms: [],
      origins: [{ ...origin, component: 'cli' }],
    })
  })

  it('may have one image under two names: both are wanted', () => {
    const [, ...components] = wantedRelease(release(['cli', 'tools']), SECTION)
    assert.deepEqual(
      components.map(({ tag }) => tag),
      ['4.16.2-x86_64-cli', '4.16.2-x86_64-tools'],
    )
  })

  it('has the tag its signer gave it, as OKD does without an architecture', () => {
    const okd = release(['etcd'], {
      version: '4.18.0-okd-scos.8',
      signatures: [signed('quay.io/okd/scos-release:4.18.0-okd-scos.8')],
    })
    assert.deepEqual(placesOf(okd), [
      'openshift/release-images:4.18.0-okd-scos.8',
      'openshift/release:4.18.0-okd-scos.8-etcd',
    ])
  })

  it('that was signed without a tag is called by version and architecture', () => {
    const places = placesOf(
      release([], { architecture: 'arm64', signatures: [signed(`${RELEASE}@sha256:${HEX.payload}`)] }),
    )
    assert.deepEqual(places, ['openshift/release-images:4.16.2-aarch64'])
  })

  it('whose signature is ignored is called by its digest, its components as well', () => {
    const [payload] = wantedRelease(release([], { signatures: [] }), SECTION)
    assert.equal(payload?.releaseSignatures, undefined)
    assert.deepEqual(placesOf(release(['etcd'], { signatures: [] })), [
      `openshift/release-images:${HEX.payload}`,
      `openshift/release:${HEX.payload}-etcd`,
    ])
  })

  it('brings its machine image for KubeVirt where that is wanted', () => {
    const wanted = wantedRelease(release(['etcd']), { ...SECTION, kubeVirtContainer: true })
    assert.equal(wanted.at(-1)?.tag, '4.16.2-x86_64-kube-virt-container')
  })

  it('of several platforms is taken for the chosen ones only, every component of it', () => {
    const platforms = [{ os: 'linux', architecture: 'arm64' }]
    const wanted = wantedRelease(release(['etcd']), { ...SECTION, architectures: ['multi'], platforms })
    assert.deepEqual(
      wanted.map(image => image.platforms),
      [platforms, platforms],
    )
  })

  it('with a component whose name cannot be part of a tag is refused', () => {
    assert.throws(
      () => wantedRelease(release(['../etc']), SECTION),
      (error: unknown) => error instanceof PlanError && /component "..\/etc" cannot be/.test(error.message),
    )
  })
})

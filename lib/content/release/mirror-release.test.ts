/** Where `oc adm release mirror` puts a release: one repository, a tag for every component. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReleaseArchitecture } from '../../config/index.ts'
import { PlanError, SyntaxFault } from '../../errors.ts'
import { parseDigest } from '../../oci/digest.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import {
  type MirrorChoice,
  mirrorRelease,
  parseReleaseDestination,
  type ReleaseToMirror,
  releaseImagePlace,
  repositoriesOf,
} from './mirror-release.ts'

const PAYLOAD = parseDigest(`sha256:${'aa'.repeat(32)}`)
const ETCD = parseDigest(`sha256:${'bb'.repeat(32)}`)
const RELEASE = { ...parseReference('quay.io/openshift-release-dev/ocp-release'), digest: PAYLOAD }
const ART = { ...parseReference('quay.io/openshift-release-dev/ocp-v4.0-art-dev'), digest: ETCD }

function release(
  names: readonly string[] = ['etcd'],
  architecture: ReleaseArchitecture = 'amd64',
): ReleaseToMirror {
  return {
    reference: RELEASE,
    payload: {
      digest: PAYLOAD,
      version: '4.16.3',
      architecture,
      components: names.map(name => ({ name, image: ART })),
      kubevirt: new Map(),
      previous: [],
    },
    signatures: [{ bytes: Buffer.from('signed'), reference: 'quay.io/a/b:1', signedBy: 'AB' }],
  }
}

function choose(to: string, more: Partial<MirrorChoice> = {}): MirrorChoice {
  return { to: parseReleaseDestination(to), skipReleaseImage: false, ...more }
}

/** What a template has in place of a name. */
function slot(name: string): string {
  return `$\{${name}}`
}

function placesOf(of: ReleaseToMirror, choice: MirrorChoice): readonly string[] {
  return mirrorRelease(of, choice).map(({ repository, tag }) => `${repository}:${tag}`)
}

describe('a release for one repository', () => {
  it('has the tags of oc: version, machine, component', () => {
    assert.deepEqual(placesOf(release(['cli', 'etcd']), choose('m.example:5000/ocp4/openshift4')), [
      'ocp4/openshift4:4.16.3-x86_64',
      'ocp4/openshift4:4.16.3-x86_64-cli',
      'ocp4/openshift4:4.16.3-x86_64-etcd',
    ])
  })

  for (const [architecture, machine] of [
    ['arm64', 'aarch64'],
    ['s390x', 's390x'],
    ['multi', 'multi'],
  ] as const)
    it(`for ${architecture} is tagged ${machine}`, () => {
      assert.equal(placesOf(release([], architecture), choose('m.example/r'))[0], `r:4.16.3-${machine}`)
    })

  it('goes by a template for the tag, where the payload is the component "release"', () => {
    const template = choose(`m.example/ocp4/all:v${slot('version')}-${slot('component')}`)
    assert.deepEqual(placesOf(release(), template), [
      'ocp4/all:v4.16.3-release-x86_64',
      'ocp4/all:v4.16.3-etcd-x86_64',
    ])
  })

  it('sends the payload elsewhere, or nowhere, where that is asked for', () => {
    const place = { repository: parseRepositoryPath('ocp4/payloads'), tag: parseTag('now') }
    const elsewhere = choose('m.example/ocp4/all', { toReleaseImage: place })
    assert.deepEqual(placesOf(release(), elsewhere), ['ocp4/payloads:now', 'ocp4/all:4.16.3-x86_64-etcd'])
    assert.deepEqual(releaseImagePlace(release(), elsewhere), place)
    const nowhere = choose('m.example/ocp4/all', { skipReleaseImage: true })
    assert.deepEqual(placesOf(release(), nowhere), ['ocp4/all:4.16.3-x86_64-etcd'])
  })

  it('is read by digest, knows its release, and has the signatures on the payload alone', () => {
    const [payload, etcd] = mirrorRelease(release(), choose('m.example/r'))
    assert.deepEqual(payload?.source, { kind: 'registry', reference: RELEASE })
    assert.deepEqual(payload?.releaseSignatures, [Buffer.from('signed').toString('base64')])
    assert.equal(etcd?.releaseSignatures, undefined)
    const origin = { kind: 'release', version: '4.16.3', architecture: 'x86_64', channels: [] }
    assert.deepEqual(etcd?.origins, [{ ...origin, component: 'etcd' }])
    assert.deepEqual(repositoriesOf(release(['cli', 'etcd'])), [
      'quay.io/openshift-release-dev/ocp-release',
      'quay.io/openshift-release-dev/ocp-v4.0-art-dev',
    ])
  })

  it('is refused where a component cannot be part of a tag', () => {
    assert.throws(() => placesOf(release(['a b']), choose('m.example/r')), PlanError)
  })
})

describe('a destination of a release', () => {
  for (const text of [
    'm.example/r:4.16',
    `m.example/r@${PAYLOAD}`,
    `m.example/${slot('component')}:x`,
    `m.example/r:${slot('component')}-${slot('component')}`,
    `m.example/r:${slot('version')}`,
  ])
    it(`may not be ${text}`, () => assert.throws(() => parseReleaseDestination(text), SyntaxFault))

  it('may have a port', () => {
    assert.deepEqual(parseReleaseDestination('m.example:5000/r'), { host: 'm.example:5000', repository: 'r' })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hintOf, PlanError } from '../../../errors.ts'
import { digestOf } from '../../../oci/digest.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import { formatReference } from '../../../oci/reference.ts'
import { kubevirtImages, readBootImages } from './kubevirt.ts'
import { type Payload, releaseTag } from './payload.ts'

const ART = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev'
const X86 = `${ART}@${digestOf('x86_64')}`
const S390X = `${ART}@${digestOf('s390x')}`

function payloadWith(kubevirt: Readonly<Record<string, string>>): Payload {
  return {
    digest: digestOf('payload'),
    version: '4.16.2',
    architecture: 'amd64',
    components: [],
    kubevirt: new Map(Object.entries(kubevirt)),
    previous: [],
  }
}

const BOTH = payloadWith({ x86_64: X86, s390x: S390X })
const ONE = payloadWith({ x86_64: X86 })

describe('the KubeVirt images of a release (oc-mirror v2 2.6, appendix B)', () => {
  const x86 = `kube-virt-container ${X86}`
  const both = [`kube-virt-container-x86_64 ${X86}`, `kube-virt-container-s390x ${S390X}`]
  const rows: readonly (readonly [
    what: string,
    payload: Payload,
    architectures: readonly string[],
    platforms: readonly string[],
    expected: readonly string[],
  ])[] = [
    ['nothing asked for', BOTH, [], [], [x86]],
    ['amd64', BOTH, ['amd64'], [], [x86]],
    ['s390x', BOTH, ['s390x'], [], [`kube-virt-container ${S390X}`]],
    ['both, in any order', BOTH, ['s390x', 'amd64'], [], both],
    ['multi', BOTH, ['multi'], [], both],
    ['multi, with one of them', ONE, ['multi'], [], [`kube-virt-container-x86_64 ${X86}`]],
    ['an architecture that has none', BOTH, ['arm64'], [], [x86]],
    ['one that has and one that has none', BOTH, ['arm64', 's390x'], [], [`kube-virt-container ${S390X}`]],
    ['a platform', BOTH, ['multi'], ['linux/amd64'], [x86]],
    ['platforms', BOTH, [], ['linux/s390x', 'linux/arm64', 'linux/amd64'], both],
    ['a platform that has none', BOTH, [], ['linux/arm64'], both],
  ]
  for (const [what, payload, architectures, platforms, expected] of rows)
    it(what, () => {
      const images = kubevirtImages(payload, { architectures, platforms: platforms.map(parsePlatform) })
      assert.deepEqual(
        images.map(({ name, image }) => `${name} ${formatReference(image)}`),
        expected,
      )
    })

  it('that has none of those asked for is an error that says which there are', () => {
    assert.throws(
      () => kubevirtImages(ONE, { architectures: ['s390x'], platforms: [] }),
      (error: unknown) => {
        assert.ok(error instanceof PlanError)
        assert.match(error.message, /^4\.16\.2 .*has no KubeVirt image for s390x$/)
        assert.match(hintOf(error) ?? '', /it has some for x86_64/)
        return true
      },
    )
    assert.throws(
      () => kubevirtImages(payloadWith({}), { architectures: ['multi'], platforms: [] }),
      /has no KubeVirt image for x86_64 or s390x/,
    )
  })

  it('that is not pinned matters only where it is asked for', () => {
    const payload = payloadWith({ x86_64: X86, s390x: `${ART}:latest` })
    assert.equal(kubevirtImages(payload, { architectures: ['amd64'], platforms: [] }).length, 1)
    assert.throws(
      () => kubevirtImages(payload, { architectures: ['multi'], platforms: [] }),
      /the KubeVirt image for s390x is "quay.*:latest" and not pinned by a digest/,
    )
  })

  it('is read from the stream of the boot images, whatever else is in there', () => {
    const stream = JSON.stringify({
      architectures: {
        x86_64: { images: { kubevirt: { 'digest-ref': X86 } } },
        s390x: { images: {} },
        aarch64: { images: { kubevirt: { 'digest-ref': 7 } } },
        ppc64le: null,
      },
    })
    const file = Buffer.from(`kind: ConfigMap\ndata:\n  stream: |\n    ${stream}\n`)
    assert.deepEqual([...readBootImages(file, 'payload')], [['x86_64', X86]])
    assert.deepEqual([...readBootImages(Buffer.from('kind: ConfigMap\n'), 'payload')], [])
    assert.deepEqual([...readBootImages(undefined, 'payload')], [])
    const aliases = Buffer.from('a: &a [x]\nb: [*a, *a]\n')
    assert.throws(() => readBootImages(aliases, 'payload'), /payload: .* is not YAML/)
  })
})

describe('the tag of a release', () => {
  it('has the architecture as machines call it', () => {
    const tags = (['amd64', 'arm64', 'ppc64le', 's390x', 'multi'] as const).map(each =>
      releaseTag('4.16.2', each),
    )
    assert.deepEqual(tags, [
      '4.16.2-x86_64',
      '4.16.2-aarch64',
      '4.16.2-ppc64le',
      '4.16.2-s390x',
      '4.16.2-multi',
    ])
  })
})

/** Real files of payloads, from 4.4 to 4.23, and files that look like them. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { messageOf, PlanError } from '../../../errors.ts'
import { digestOf } from '../../../oci/digest.ts'
import { readComponents } from './image-references.ts'
import { kubevirtImages, readBootImages } from './kubevirt.ts'
import { readReleaseMetadata } from './release-metadata.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'release',
)
const skip = existsSync(CORPUS) ? false : 'the corpus is not here'

function filesWith(part: string): readonly (readonly [file: string, bytes: Uint8Array])[] {
  return readdirSync(CORPUS)
    .filter(file => file.includes(part))
    .sort()
    .map(file => [file, readFileSync(resolve(CORPUS, file))])
}

function outcome(read: () => string): string {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof PlanError && error.hint, messageOf(error))
    return error.message
  }
}

describe('real payload files', { skip }, () => {
  it('every file reads as the components of a release, or says why it is not one', () => {
    const outcomes = filesWith('.json').map(([, bytes]) =>
      outcome(() => {
        const { version, components } = readComponents(bytes, 'P')
        for (const { image } of components) assert.match(image.digest, /^sha256:[0-9a-f]{64}$/)
        return `${version}: ${components.length} components`
      }),
    )
    const counts = Object.groupBy(outcomes, text => text)
    assert.deepEqual(
      Object.entries(counts)
        .map(([text, each]) => `${each?.length} × ${text}`)
        .sort(),
      [
        '1 × 4.10.0-0.nightly-2021-11-14-184249: 146 components',
        '1 × 4.12.0: 183 components',
        '1 × 4.23-quay-references-sha256: 380 components',
        '1 × 4.4.6: 108 components',
        '1 × P: image-references has "agent-installer-api-server", which is "quay-proxy.ci.openshift.org/openshift/ci:ocp_4.23_agent-installer-api-server" and not pinned by a digest',
        '1 × P: image-references has "component1", which cannot be read: "{{.Ref1}}" is not an image reference: "library/{{.Ref1}}" is not a repository path',
        '17 × P: image-references does not state its version (metadata.name)',
        '2 × P: image-references is JSON, but not an object',
        '5 × P: image-references is a "cincinnati-metadata-v0" and no ImageStream',
      ],
    )
  })

  it('every metadata file reads', () => {
    const read = filesWith('release-metadata').map(([file, bytes]) => readReleaseMetadata(bytes, file))
    assert.deepEqual(
      read.map(({ version, previous, errata }) => [version, previous.length, errata]),
      [
        ['0.0.2', 1, undefined],
        ['0.0.0', 0, undefined],
        ['5.0.0-xyz', 0, 'https://example.com/v5.0.0-xyz'],
        ['1.0.0-abc', 2, 'https://example.com/v1.0.0-abc'],
        ['4.12.0', 21, 'https://access.redhat.com/errata/RHSA-2022:7399'],
      ],
    )
  })

  it('boot images are found, and one that is not pinned is refused', () => {
    const [[file, bytes] = []] = filesWith('coreos-bootimages')
    assert.ok(file && bytes)
    const kubevirt = readBootImages(bytes, file)
    assert.deepEqual([...kubevirt.keys()], ['x86_64', 's390x'])
    const payload = {
      digest: digestOf('payload'),
      version: '4.15.0',
      architecture: 'amd64',
      components: [],
      kubevirt,
      previous: [],
    } as const
    const [image] = kubevirtImages(payload, { platforms: [], architectures: [] })
    assert.match(image?.image.digest ?? '', /^sha256:729265d5ef6e/)
    assert.throws(
      () => kubevirtImages(payload, { platforms: [], architectures: ['multi'] }),
      /s390x cannot be read/,
    )
  })
})

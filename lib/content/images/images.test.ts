/** Where additional images go, and which images a blocking rule keeps out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BlockRule, type ImageSet, parseImageSet } from '../../config/index.ts'
import { collectAdditionalImages, isBlocked } from './index.ts'

const HEX = 'ab'.repeat(32)
const HEX512 = 'cd'.repeat(64)

function imageSetOf(section: string): ImageSet {
  return parseImageSet({ path: 'isc.yaml', text: `kind: ImageSetConfiguration\nmirror:\n${section}` })
}

/** Rows of oc-mirror v2's naming: the entry, and `repository:tag` below the target's prefix. */
const NAMES: readonly (readonly [sentence: string, entry: string, destination: string])[] = [
  ['a tag is kept and the host dropped', 'name: registry.redhat.io/ubi8/ubi:latest', 'ubi8/ubi:latest'],
  ['no tag means latest', 'name: quay.io/a/b', 'a/b:latest'],
  ['a digest alone becomes the tag', `name: q.io/t/x@sha256:${HEX}`, `t/x:sha256-${HEX}`],
  [
    'a sha512 digest is cut to what a tag may be',
    `name: q.io/t/x@sha512:${HEX512}`,
    `t/x:${`sha512-${HEX512}`.slice(0, 127)}`,
  ],
  ['of tag and digest the tag is the name', `name: q.io/t/x:1@sha256:${HEX}`, 't/x:1'],
  ['targetRepo and targetTag win', 'name: q.io/t/x:1, targetRepo: c/i, targetTag: v2', 'c/i:v2'],
  ['targetTag names a digest', `name: q.io/t/x@sha256:${HEX}, targetTag: v2`, 't/x:v2'],
  ['Docker Hub names are whole', 'name: alpine', 'library/alpine:latest'],
  ['a port is no part of the path', `name: 'localhost:5000/a/b@sha256:${HEX}'`, `a/b:sha256-${HEX}`],
  ['a layout is called by its folder', 'name: oci:///folder-a/t/x', 'folder-a/t/x:latest'],
  ['a layout keeps the tag it is read by', "name: 'oci://folder/x:v3/', targetRepo: y", 'y:latest'],
  ['a layout may be read by tag', "name: 'oci://folder/x:v3'", 'folder/x:v3'],
  ['a layout may be called otherwise', 'name: oci:///x/, targetRepo: c/i, targetTag: v2', 'c/i:v2'],
]

describe('the destination of an additional image', () => {
  for (const [sentence, entry, destination] of NAMES)
    it(`follows oc-mirror v2: ${sentence}`, () => {
      const [wanted] = collectAdditionalImages(imageSetOf(`  additionalImages: [{${entry}}]\n`))
      assert.equal(`${wanted?.repository}:${wanted?.tag}`, destination)
    })
})

describe('a wanted image', () => {
  it('carries its source, platforms and the entry it comes from', () => {
    const imageSet = imageSetOf(
      `  additionalImages:\n  - name: docker://quay.io/a/b:1@sha256:${HEX}\n    platforms: [{os: linux, architecture: aarch64}]\n  - name: b\n`,
    )
    const [first, second] = collectAdditionalImages(imageSet)
    assert.deepEqual(first, {
      source: {
        kind: 'registry',
        reference: { host: 'quay.io', path: 'a/b', tag: '1', digest: `sha256:${HEX}` },
      },
      repository: 'a/b',
      tag: '1',
      platforms: [{ os: 'linux', architecture: 'arm64' }],
      origins: [{ kind: 'additionalImage', name: `docker://quay.io/a/b:1@sha256:${HEX}` }],
    })
    assert.deepEqual(second?.origins, [{ kind: 'additionalImage', name: 'b' }])
  })
})

const BLOCKS: readonly (readonly [rule: string, source: string, destination: string, blocked: boolean])[] = [
  ['docker.io/library/alpine', 'docker.io/library/alpine:3.20', 'r.io/x:1', true],
  ['alpine', 'docker.io/library/alpine:3.20', 'r.io/x:1', true],
  ['alpine', 'quay.io/library/alpine:3.20', 'r.io/library/alpine:3.20', false],
  ['alpine:3.19', 'docker.io/library/alpine:3.20', 'r.io/x:1', false],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'r.io/x:1', true],
  [`alpine@sha256:${HEX}`, `docker.io/library/alpine:1@sha256:${HEX}`, 'r.io/x:1', true],
  [`alpine@sha256:${HEX}`, 'docker.io/library/alpine:1', 'r.io/x:1', false],
  ['quay.io/a/b', 'quay.io/a/b-c:1', 'r.io/a/b:1', false],
  ['quay.io/a/b', 'oci:/srv/layout', 'r.io/a/b:1', false],
  ['.*aws.*', 'quay.io/openshift/aws-ebs:1', 'r.io/x:1', true],
  ['{name: (aws|gcp)}', 'quay.io/openshift/gcp-pd:1', 'r.io/x:1', true],
  ['{name: (aws|gcp)}', 'quay.io/openshift/etcd:1', 'aws.example/x:1', true],
  ['{name: ^quay.io/a}', 'docker://quay.io/a/b:1', 'r.io/x:1', true],
  ['{name: docker}', 'docker://quay.io/a/b:1', 'docker://r.io/x:1', false],
  ['{name: quay.io/a/b}', 'quay.io/a/b-c:1', 'r.io/x:1', true],
  ['{name: "^quay\\\\.io/a$"}', 'quay.io/a/b:1', 'r.io/x:1', false],
]

describe('an image', () => {
  for (const [rule, source, destination, blocked] of BLOCKS)
    it(`${source} → ${destination} is ${blocked ? '' : 'not '}blocked by ${rule}`, () => {
      const { blocked: rules } = imageSetOf(
        `  blockedImages: [${rule.startsWith('{') ? rule : `'${rule}'`}]\n`,
      )
      assert.equal(isBlocked(rules, source, destination), blocked ? rules[0] : undefined)
    })

  it('is blocked by the first rule that matches, and by none when there are none', () => {
    const rules: readonly BlockRule[] = imageSetOf('  blockedImages: [x.*y, {name: a}, {name: b}]\n').blocked
    assert.equal(isBlocked(rules, 'quay.io/b/a:1', 'r.io/b/a:1')?.text, 'a')
    assert.equal(isBlocked([], 'quay.io/b/a:1', 'r.io/b/a:1'), undefined)
  })
})

/** Where images of an image set of oc-mirror v1 go, and which of them its rules keep out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ImageSet, parseImageSet } from '../../config/index.ts'
import { collectAdditionalImages, isBlocked } from './index.ts'

const A = `sha256:${'ab'.repeat(32)}`
const B = `sha256:${'cd'.repeat(32)}`

function imageSetOf(section: string): ImageSet {
  return parseImageSet({
    path: 'isc.yaml',
    text: `kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v1alpha2\nmirror: {${section}}\n`,
  })
}

const NAMES: readonly (readonly [
  sentence: string,
  images: readonly string[],
  destinations: readonly string[],
])[] = [
  ['a tag is kept and the host dropped', ['quay.io/a/b:1'], ['a/b:1']],
  ['a digest alone is latest', [`quay.io/a/b@${A}`], ['a/b:latest']],
  ['the same digest twice is latest', [`quay.io/a/b@${A}`, `quay.io/a/b@${A}`], ['a/b:latest', 'a/b:latest']],
  [
    'of two digests of a repository none is latest',
    [`quay.io/a/b@${A}`, `quay.io/a/b@${B}`],
    ['a/b:abababab', 'a/b:cdcdcdcd'],
  ],
  [
    'of a digest and a latest the digest has its own tag',
    [`quay.io/a/b@${A}`, 'quay.io/a/b'],
    ['a/b:abababab', 'a/b:latest'],
  ],
  [
    'two hosts with the same path count as one repository',
    [`quay.io/a/b@${A}`, `r.io/a/b@${A}`],
    ['a/b:abababab', 'a/b:abababab'],
  ],
  ['another tag is in nobody’s way', [`quay.io/a/b@${A}`, 'quay.io/a/b:1'], ['a/b:latest', 'a/b:1']],
  ['of tag and digest the tag is the name', [`quay.io/a/b:1@${A}`], ['a/b:1']],
]

describe('the destination of an additional image of oc-mirror v1', () => {
  for (const [sentence, images, destinations] of NAMES)
    it(`follows it: ${sentence}`, () => {
      const listed = images.map(image => `{name: '${image}'}`).join(', ')
      const wanted = collectAdditionalImages(imageSetOf(`additionalImages: [${listed}]`))
      assert.deepEqual(
        wanted.map(({ repository, tag }) => `${repository}:${tag}`),
        destinations,
      )
    })
})

const BLOCKS: readonly (readonly [pattern: string, source: string, blocked: boolean])[] = [
  ['alpine', 'docker.io/library/alpine:3.20', true],
  ['alpine', 'quay.io/a/not-alpine-at-all:1', true],
  ['^quay.io', 'docker.io/x/quay.io:1', false],
  ['^quay\\.io/a/b$', 'quay.io/a/b:1', false],
  ['mirror.example', 'quay.io/a/b:1', false],
  [':1$', `quay.io/a/b:1@${A}`, false],
  ['b@sha256:abab', `quay.io/a/b:1@${A}`, true],
]

describe('an image of an image set of oc-mirror v1', () => {
  for (const [pattern, source, blocked] of BLOCKS)
    it(`${source} is ${blocked ? '' : 'not '}blocked by ${pattern}, which is looked for in the source alone`, () => {
      const { blocked: rules } = imageSetOf(`blockedImages: [{name: '${pattern}'}]`)
      assert.equal(isBlocked(rules, source, 'mirror.example/a/b:1') === undefined, !blocked)
    })
})

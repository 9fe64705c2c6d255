/** Images of bundles whose references would meet at one tag. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Origin } from '../../graph/graph.ts'
import { parseDigest } from '../../oci/digest.ts'
import { formatReference, parseReference } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'
import { imagePlace } from './destination.ts'
import { keepTagsApart } from './shared-tags.ts'

const [A, B, C] = ['a', 'b', 'c'].map(hex => parseDigest(`sha256:${hex.repeat(64)}`))
const BUNDLE: Origin = { kind: 'bundle', catalog: 'c', package: 'p', bundle: 'b', channels: [] }

function wanted(text: string, origin: Origin = BUNDLE): WantedImage {
  const reference = parseReference(text)
  return {
    source: { kind: 'registry', reference },
    ...imagePlace(reference),
    platforms: [],
    origins: [origin],
  }
}

/** `tag from source`, in order. */
function placed(...images: readonly WantedImage[]): readonly string[] {
  return keepTagsApart(images).images.map(({ tag, source }) => {
    return `${tag} from ${source.kind === 'registry' ? formatReference(source.reference) : ''}`
  })
}

describe('images of bundles', () => {
  it('of different digests under one tag: the last keeps it, the others are tagged by digest', () => {
    const texts = [A, B, C].map(digest => `quay.io/acme/proxy:1.2@${digest}`)
    assert.deepEqual(placed(...texts.map(text => wanted(text))), [
      `sha256-${'a'.repeat(64)} from ${texts[0]}`,
      `sha256-${'b'.repeat(64)} from ${texts[1]}`,
      `1.2 from ${texts[2]}`,
    ])
    const { notes } = keepTagsApart(texts.map(text => wanted(text)))
    assert.equal(notes.length, 1)
    assert.match(
      notes[0] ?? '',
      /^quay.io\/acme\/proxy:1.2 is the tag of several .* 2 more are tagged by digest$/,
    )
  })

  it('leave the tag to an image that is named by nothing else, or by somebody else', () => {
    const operand = wanted(`quay.io/acme/proxy:1.2@${A}`)
    const moved = `sha256-${'a'.repeat(64)} from quay.io/acme/proxy:1.2@${A}`
    assert.deepEqual(placed(wanted('quay.io/acme/proxy:1.2'), operand), [
      '1.2 from quay.io/acme/proxy:1.2',
      moved,
    ])
    const extra: Origin = { kind: 'additionalImage', name: 'quay.io/acme/proxy:1.2' }
    assert.deepEqual(placed(operand, wanted(`quay.io/acme/proxy:1.2@${B}`, extra)), [
      moved,
      `1.2 from quay.io/acme/proxy:1.2@${B}`,
    ])
  })

  it('and those of charts make way for each other too', () => {
    const chart: Origin = { kind: 'chart', repository: 'r', chart: 'c', version: '1.0.0' }
    assert.deepEqual(
      placed(wanted('quay.io/acme/proxy:1.2', chart), wanted(`quay.io/acme/proxy:1.2@${A}`, chart)),
      ['1.2 from quay.io/acme/proxy:1.2', `sha256-${'a'.repeat(64)} from quay.io/acme/proxy:1.2@${A}`],
    )
  })

  it('of one digest are one image, whichever host has it', () => {
    const [first, second] = [`registry.redhat.io/acme/proxy@${A}`, `quay.io/acme/proxy@${A}`]
    assert.deepEqual(
      placed(wanted(first), wanted(second)),
      Array(2).fill(`sha256-${'a'.repeat(64)} from ${first}`),
    )
    const { notes } = keepTagsApart([wanted(first), wanted(second)])
    assert.match(
      notes.join('\n'),
      /^quay\.io\/acme\/proxy has images that .* from quay\.io\/acme\/proxy to the mirror$/,
    )
  })

  it('that meet nobody stay as they are', () => {
    const images = [
      wanted('quay.io/acme/a:1'),
      wanted(`quay.io/acme/b@${B}`),
      wanted(`quay.io/acme/b:2@${B}`),
    ]
    assert.deepEqual(keepTagsApart(images), { images, notes: [] })
  })
})

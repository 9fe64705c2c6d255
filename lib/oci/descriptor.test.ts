/** What a descriptor must have, and what it may have. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SyntaxFault } from '../errors.ts'
import { descriptorFromJson } from './descriptor.ts'
import { digestOf } from './digest.ts'

const GOOD = { mediaType: 'application/x', digest: digestOf('x'), size: 1 }

describe('a descriptor', () => {
  it('has a media type, a digest and a size, and keeps what else is known', () => {
    assert.deepEqual(descriptorFromJson(GOOD, 'x'), GOOD)
    assert.deepEqual(descriptorFromJson({ ...GOOD, size: 0, urls: [], data: 'eA==', platform: {} }, 'x'), {
      ...GOOD,
      size: 0,
    })
    const full = {
      ...GOOD,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      artifactType: 'application/y',
      annotations: { a: 'b' },
      urls: ['https://example.com/x'],
    }
    assert.deepEqual(descriptorFromJson(full, 'x'), full)
  })

  const WRONG: readonly (readonly [value: unknown, reason: RegExp])[] = [
    [undefined, /^layers\[0\] is not a descriptor object$/],
    [[], /is not a descriptor object/],
    [{ ...GOOD, mediaType: undefined }, /has no mediaType/],
    [{ ...GOOD, mediaType: '' }, /has no mediaType/],
    [{ ...GOOD, digest: 'sha256:ab' }, /has an invalid digest "sha256:ab"/],
    [{ ...GOOD, digest: undefined }, /has an invalid digest/],
    [{ ...GOOD, size: -1 }, /has an invalid size -1/],
    [{ ...GOOD, size: 1.5 }, /has an invalid size/],
    [{ ...GOOD, size: '1' }, /has an invalid size "1"/],
    [{ ...GOOD, size: 2 ** 53 }, /has an invalid size/],
  ]
  for (const [value, reason] of WRONG)
    it(`is refused when it ${reason.source.replace(/[\\^$]/g, '')}`, () => {
      assert.throws(
        () => descriptorFromJson(value, 'layers[0]'),
        (error: Error) => error instanceof SyntaxFault && reason.test(error.message),
      )
    })
})

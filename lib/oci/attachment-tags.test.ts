/** The tags of what belongs to a manifest. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cosignTag, referrersTag } from './attachment-tags.ts'
import { digestOf, hexOf } from './digest.ts'

describe('the tags of what belongs to a manifest', () => {
  const sha256 = digestOf('x')
  const sha512 = digestOf('x', 'sha512')

  it('are sha256-<hex> with a suffix for cosign', () => {
    assert.equal(cosignTag(sha256, 'sig'), `sha256-${hexOf(sha256)}.sig`)
    assert.equal(cosignTag(sha256, 'att'), `sha256-${hexOf(sha256)}.att`)
  })

  it('do not exist for cosign and sha512, because they would be too long for a tag', () => {
    assert.equal(cosignTag(sha512, 'sig'), undefined)
  })

  it('are cut to 64 hex characters for referrers', () => {
    assert.equal(referrersTag(sha256), `sha256-${hexOf(sha256)}`)
    assert.equal(referrersTag(sha512), `sha512-${hexOf(sha512).slice(0, 64)}`)
  })
})

/** Which platform is which. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SyntaxFault } from '../errors.ts'
import {
  formatPlatform,
  isUnknownPlatform,
  parsePlatform,
  platformFromJson,
  platformMatches,
} from './platform.ts'

const MATCHES: readonly (readonly [wanted: string, actual: string, matches: boolean])[] = [
  ['linux/amd64', 'linux/amd64', true],
  ['linux/amd64', 'linux/arm64', false],
  ['linux/amd64', 'windows/amd64', false],
  ['linux/x86_64', 'linux/amd64', true],
  ['linux/amd64', 'linux/x86-64', true],
  ['linux/aarch64', 'linux/arm64/v8', true],
  ['linux/arm', 'linux/arm/v7', true],
  ['linux/arm/v7', 'linux/arm/v7', true],
  ['linux/arm/v7', 'linux/arm/v6', false],
  ['linux/arm/v7', 'linux/arm', false],
]

describe('a platform', () => {
  for (const [wanted, actual, matches] of MATCHES)
    it(`${wanted} ${matches ? 'takes' : 'does not take'} ${actual}`, () => {
      assert.equal(platformMatches(parsePlatform(wanted), parsePlatform(actual)), matches)
    })

  it('is written os/architecture[/variant] and reads back', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (os, architecture, variant) => {
        const platform = { os, architecture, ...(variant !== undefined && { variant }) }
        assert.deepEqual(parsePlatform(formatPlatform(platform)), platform)
        assert.ok(platformMatches(platform, platform))
      }),
    )
  })

  it('is refused without both of its parts', () => {
    for (const text of ['', 'linux', 'linux/', '/amd64', 'linux/arm64/', 'linux/arm/v7/x', '//'])
      assert.throws(() => parsePlatform(text), SyntaxFault, text)
  })

  it('that names no machine belongs to attestations', () => {
    assert.ok(isUnknownPlatform(parsePlatform('unknown/unknown')))
    assert.ok(!isUnknownPlatform(parsePlatform('linux/unknown')))
  })

  it('in an index keeps its variant and the version of its system', () => {
    const json = {
      os: 'windows',
      architecture: 'amd64',
      variant: 'v1',
      'os.version': '10.0',
      features: ['x'],
    }
    assert.deepEqual(platformFromJson(json), {
      os: 'windows',
      architecture: 'amd64',
      variant: 'v1',
      osVersion: '10.0',
    })
    for (const value of [undefined, null, 'linux/amd64', [], {}, { os: 'linux' }, { os: 1, architecture: 2 }])
      assert.equal(platformFromJson(value), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  compareVersions,
  isInRange,
  isReversed,
  parseRange,
  parseVersion,
  rangeAsWritten,
  rangeInWords,
} from './versions.ts'

/** `1.0.0..2.0.0`, either end may be missing. */
function rangeOf(text: string) {
  const [min = '', max = ''] = text.split('..')
  return parseRange({ ...(min !== '' && { minVersion: min }), ...(max !== '' && { maxVersion: max }) })
}

function has(range: string, version: string): boolean {
  const [parsed, at] = [rangeOf(range), parseVersion(version)]
  assert.ok(parsed !== undefined && at !== undefined, `${range} ${version}`)
  return isInRange(at, parsed)
}

describe('versions in a range', () => {
  const rows: readonly (readonly [string, string, boolean, string])[] = [
    ['1.0.0..', '1.0.0', true, 'the lower end belongs to it'],
    ['..2.0.0', '2.0.0', true, 'so does the upper end'],
    ['1.0.0..2.0.0', '0.9.9', false, 'below it'],
    ['1.0.0..2.0.0', '2.0.1', false, 'above it'],
    ['1.0.0..', '1.5.0-rc.1', false, 'a prerelease is out where both ends are releases'],
    ['1.0.0-0..', '1.5.0-rc.1', true, 'a prerelease at one end takes prereleases anywhere'],
    ['1.0.0..2.0.0-rc.1', '1.5.0-rc.1', true, 'at either end'],
    ['1.0.0-0..2.0.0', '2.0.0-rc.1', true, 'a prerelease is below its release'],
    ['5.2.3-31..', '5.2.3-29', false, 'numbers of prereleases compare as numbers'],
    ['5.2.3-31..', '5.2.3-100', true, 'not as text'],
    ['1.0.0+5..', '1.0.0+1', true, 'build metadata is of no importance for order'],
    ['..1', '1.9.9', true, 'a short upper end takes everything that begins with it'],
    ['..1.2', '1.2.9', true, 'in major and minor'],
    ['..1.2', '1.3.0', false, 'and no more'],
    ['..1', '2.0.0', false, 'the next major is above it'],
    ['v1.2..', '1.2.0', true, 'a short lower end begins at its first version'],
    ['v1.2..', '1.1.9', false, 'and v is of no importance'],
  ]
  for (const [range, version, expected, why] of rows)
    it(`${version} is ${expected ? 'in' : 'not in'} ${range}: ${why}`, () =>
      assert.equal(has(range, version), expected))

  it('a range with an end that is no version is none', () => {
    assert.equal(rangeOf('latest..'), undefined)
    assert.equal(rangeOf('..1.2.3.4'), undefined)
    assert.equal(rangeOf('..'), undefined)
  })

  it('a range whose lower end is above its upper has nothing', () => {
    const reversed = (text: string) => {
      const range = rangeOf(text)
      return range !== undefined && isReversed(range)
    }
    assert.deepEqual(['2.0.0..1.0.0', '1.2.5..1.2', '1.3..1.2', '1.0.0..1.0.0'].map(reversed), [
      true,
      false,
      true,
      false,
    ])
  })

  it('a range is told as a person would say it', () => {
    const words = ['1.1.0..1.2.0', '1.1.0..', '..1.2.0', '1.1.1..1.1.1', '1..1'].map(text => {
      const range = rangeOf(text)
      return range === undefined ? '' : `${rangeInWords(range)} (${rangeAsWritten(range)})`
    })
    assert.deepEqual(words, [
      'between 1.1.0 and 1.2.0 (minVersion 1.1.0 and maxVersion 1.2.0)',
      'from 1.1.0 (minVersion 1.1.0)',
      'up to 1.2.0 (maxVersion 1.2.0)',
      'version 1.1.1 (minVersion 1.1.1 and maxVersion 1.1.1)',
      'between 1 and 1 (minVersion 1 and maxVersion 1)',
    ])
  })

  it('versions have one order, build metadata and text that is no version included', () => {
    const sorted = ['1.0.0', 'none', '1.0.0+2', '1.0.0-rc.10', '1.0.0+1', '1.0.0-rc.9', '0.9.0'].sort(
      compareVersions,
    )
    assert.deepEqual(sorted, ['none', '0.9.0', '1.0.0-rc.9', '1.0.0-rc.10', '1.0.0', '1.0.0+1', '1.0.0+2'])
  })
})

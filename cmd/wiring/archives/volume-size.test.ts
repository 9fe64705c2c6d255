import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { parseVolumeSize, volumeSizeFor } from './volume-size.ts'

test('a volume size is a number with a unit, of thousands or of 1024', () => {
  const sizes = {
    '4.7GB': 4_700_000_000,
    '650MiB': 681_574_400,
    '25 gb': 25e9,
    '1024': 1024,
    '1.5kB': 1500,
    '2TiB': 2 ** 41,
  }
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseVolumeSize(text), bytes, text)
  for (const text of ['', '0', 'x', '4.7', '-1GB', '1e9', '0.4', '4,7GB']) {
    if (text === '4.7') assert.equal(parseVolumeSize(text), 4)
    else assert.throws(() => parseVolumeSize(text), UsageError, text)
  }
})

test('without one, the smallest archiveSize of the image sets counts, in GiB', () => {
  assert.equal(volumeSizeFor(undefined, [{ archiveSize: 500 }, { archiveSize: 4 }]), 4 * 2 ** 30)
  assert.equal(volumeSizeFor(undefined, []), 500 * 2 ** 30)
  assert.equal(volumeSizeFor('1GB', [{ archiveSize: 4 }]), 1e9)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countOf, formatBytes, formatCount, formatDuration } from './quantities.ts'

test('bytes are shown in binary units with one decimal', () => {
  const rows = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [338_070_000, '322.4 MiB'],
    [3_758_096_384, '3.5 GiB'],
  ] as const
  for (const [bytes, text] of rows) assert.equal(formatBytes(bytes), text)
})

test('counts have thousands separators and agree with their noun', () => {
  assert.equal(formatCount(1284), '1,284')
  assert.equal(countOf(1, 'image'), '1 image')
  assert.equal(countOf(20_000, 'image'), '20,000 images')
  assert.equal(countOf(2, 'entry', 'entries'), '2 entries')
})

test('durations have at most two units', () => {
  const rows = [
    [400, '0.4s'],
    [9949, '9.9s'],
    [9950, '10s'],
    [59_600, '1m 00s'],
    [185_000, '3m 05s'],
    [7_620_000, '2h 07m'],
  ] as const
  for (const [ms, text] of rows) assert.equal(formatDuration(ms), text)
})

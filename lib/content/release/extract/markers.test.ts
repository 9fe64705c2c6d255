import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  ARCHITECTURE_MARKER,
  fakeInstaller,
  IMAGE_MARKER,
  toldAt,
  VERSION_MARKER,
} from '../../../../testdata/release-commands.ts'
import { telling, writeReplacements } from './markers.ts'

function replaced(text: string, marker: string, value: string): string {
  const bytes = Buffer.from(text)
  writeReplacements(bytes, [{ name: 'it', marker: Buffer.from(marker), value }])
  return bytes.toString()
}

describe('what a binary is told', () => {
  it('stands where the marker was, ended by a NUL, and the rest of the marker stays', () => {
    assert.equal(replaced('123aa678', 'aa', 'A'), '123A\x00678')
    assert.equal(replaced('1aaaa2', 'aaaa', 'B'), '1B\0aa2')
  })

  it('is written over the first of several markers', () => {
    assert.equal(replaced('-aa-aa-', 'aa', 'A'), '-A\0-aa-')
  })

  it('changes nothing where there is no marker, which is said', () => {
    const bytes = fakeInstaller()
    const other = { name: 'other', marker: Buffer.from('nowhere'), value: 'x' }
    assert.deepEqual(writeReplacements(bytes, [other]), ['other'])
    assert.deepEqual(bytes, fakeInstaller())
  })

  for (const [name, marker, size] of [
    ['image', IMAGE_MARKER, 327],
    ['version', VERSION_MARKER, 93],
    ['architecture', ARCHITECTURE_MARKER, 98],
  ] as const)
    it(`may be as long as the marker of the ${name} less a NUL, ${size - 1} bytes, and no longer`, () => {
      assert.equal(marker.length, size)
      const [bytes, longest] = [fakeInstaller(), 'v'.repeat(size - 1)]
      assert.deepEqual(writeReplacements(bytes, [telling(name, longest)]), [])
      assert.equal(toldAt(bytes, fakeInstaller(), marker), longest)
      const before = Buffer.from(bytes)
      assert.throws(
        () => writeReplacements(bytes, [telling('version', '1'), telling(name, `${longest}v`)]),
        new RegExp(`has ${size} bytes, and the binary has room for ${size - 1}`),
      )
      assert.deepEqual(bytes, before, 'nothing is written when one value is too long')
    })

  it('changes those bytes only, whatever the values are', () => {
    const value = fc.stringMatching(/^[a-z0-9./@:-]{0,60}$/)
    fc.assert(
      fc.property(value, value, value, (image, version, architecture) => {
        const [bytes, original] = [fakeInstaller(), fakeInstaller()]
        writeReplacements(bytes, [
          telling('image', image),
          telling('version', version),
          telling('architecture', architecture),
        ])
        const told = [image, version, architecture]
        for (const [at, marker] of [IMAGE_MARKER, VERSION_MARKER, ARCHITECTURE_MARKER].entries()) {
          assert.equal(toldAt(bytes, original, marker), told[at])
          const place = original.indexOf(marker)
          bytes.set(original.subarray(place, place + marker.length), place)
        }
        assert.ok(bytes.equals(original))
      }),
      { numRuns: 50 },
    )
  })
})

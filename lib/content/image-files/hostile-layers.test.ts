import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DigestMismatchError } from '../../errors.ts'
import { verifyStream } from '../../oci/digest.ts'
import { ImageFault } from './image-fault.ts'
import { readImageFiles } from './read-image-files.ts'
import { type ArchiveEntry, archiveOf, imageOf, SIGNAL } from './testing/archives.ts'

const LIMITS = { maxFileBytes: 1000, maxTotalBytes: 10_000 }
const ALL = { ...LIMITS, wanted: () => true }

describe('a hostile layer', () => {
  const file: ArchiveEntry = { file: 'a', text: 'x'.repeat(600) }
  const rows: readonly (readonly [string, readonly ArchiveEntry[], RegExp])[] = [
    [
      'a name that leaves the image',
      [{ file: '../../etc/passwd', text: '' }],
      /entry "..\/..\/etc\/passwd" leads out/,
    ],
    ['an absolute name that leaves the image', [{ file: '/x/../../a', text: '' }], /leads out of the image/],
    [
      'a hard link that leaves the image',
      [{ link: 'a', to: '../b' }],
      /entry "a", a link to "..\/b", leads out/,
    ],
    [
      'a symlink that leaves the image',
      [{ symlink: 'd/a', to: '../../b' }],
      /the link "d\/a" to "..\/..\/b" leads out/,
    ],
    [
      'links in a circle',
      [
        { symlink: 'a', to: 'b' },
        { symlink: 'b', to: 'a' },
      ],
      /the link "." leads in a circle/,
    ],
    ['a whiteout of the folder above', [{ file: 'a/.wh...' }], /leads out of the image/],
    ['a whiteout of nothing', [{ file: 'a/.wh.' }], /leads out of the image/],
    [
      'a file beyond the limit',
      [{ file: 'a', text: 'x'.repeat(1001) }],
      /the file "a" has 1001 bytes, more than 1000/,
    ],
    ['files beyond the limit together', Array(20).fill(file), /those before it have more than 10000 bytes/],
    ['a path as deep as none is', [{ file: 'd/'.repeat(300), text: '' }], /leads out of the image/],
  ]
  for (const [what, entries, message] of rows)
    it(`is refused with image, layer and entry: ${what}`, async () => {
      const { reader, manifest } = imageOf([archiveOf(entries)])
      await assert.rejects(readImageFiles(reader, manifest, ALL, SIGNAL), (error: unknown) => {
        assert.ok(error instanceof ImageFault, String(error))
        assert.match(error.message, message)
        assert.match(error.message, /^registry\.example\/acme\/app: layer sha256:/)
        return true
      })
    })

  it('that unpacks to more than the limit is refused', async () => {
    const bomb = gzipSync(archiveOf([{ file: 'zeros', text: '\0'.repeat(2_000_000) }]))
    const { reader, manifest } = imageOf([bomb])
    const query = { ...LIMITS, wanted: () => false, maxLayerBytes: 1_000_000 }
    await assert.rejects(
      readImageFiles(reader, manifest, query, SIGNAL),
      /unpacked it has more than 1000000 bytes/,
    )
  })

  it('that is cut short or no archive at all is refused, compressed or not', async () => {
    const tar = archiveOf([{ file: 'a', text: 'x'.repeat(900) }])
    const zipped = gzipSync(tar)
    for (const stored of [
      tar.subarray(0, 700),
      zipped.subarray(0, -12),
      Buffer.alloc(700, 'no tar'),
      gzipSync('no tar'.repeat(200)),
    ]) {
      const { reader, manifest } = imageOf([stored])
      await assert.rejects(readImageFiles(reader, manifest, ALL, SIGNAL), (error: unknown) => {
        assert.ok(error instanceof ImageFault, String(error))
        assert.match(error.message, /the archive cannot be read/)
        return true
      })
    }
  })

  it('is believed in nothing before its digest is proved, and damage is told as damage', async () => {
    const stored = gzipSync(archiveOf([{ file: 'a', text: 'x'.repeat(900) }]))
    const { reader, manifest } = imageOf([stored])
    for (const at of [3, 30, stored.length - 1]) {
      const damaged = Buffer.from(stored)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      const wrong = {
        ...reader,
        blob: async (expected: Parameters<typeof reader.blob>[0]) =>
          verifyStream(
            'blob',
            (async function* () {
              for (let from = 0; from < damaged.length; from += 7) yield damaged.subarray(from, from + 7)
            })(),
            expected,
          ),
      }
      await assert.rejects(readImageFiles(wrong, manifest, ALL, SIGNAL), DigestMismatchError)
    }
  })

  it('does not keep who reads it from giving up', async () => {
    const { reader, manifest } = imageOf([archiveOf([{ file: 'a', text: '1' }])])
    const reason = new Error('interrupted')
    const stuck = {
      ...reader,
      blob: async (_: unknown, signal: AbortSignal) =>
        (async function* () {
          yield new Uint8Array(100)
          signal.throwIfAborted()
        })(),
    }
    await assert.rejects(readImageFiles(stuck, manifest, ALL, AbortSignal.abort(reason)), reason)
  })
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { ImageFault } from './image-fault.ts'
import { readImageFiles } from './read-image-files.ts'
import { archiveOf, imageOf, SIGNAL } from './testing/archives.ts'

const QUERY = { wanted: () => true, maxFileBytes: 5000, maxTotalBytes: 20_000, maxLayerBytes: 1_000_000 }

const archive = archiveOf([
  { folder: 'configs' },
  { file: `configs/${'long/'.repeat(30)}name`, text: 'x'.repeat(700) },
  { symlink: 'a', to: 'configs/b' },
  { file: 'configs/b', text: '1' },
  { link: 'c', to: 'configs/b' },
  { file: 'configs/.wh.old' },
])
const stored = fc.constantFrom(archive, gzipSync(archive), zstdCompressSync(archive))
const changes = fc.array(fc.record({ at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }), { maxLength: 4 })
const length = fc.option(fc.nat(), { nil: undefined })

it('a layer that was built wrongly, whichever bytes are wrong, is read or refused, and never more than that', async () => {
  await fc.assert(
    fc.asyncProperty(stored, changes, length, async (bytes, changed, cut) => {
      const damaged = Buffer.from(bytes.subarray(0, cut === undefined ? undefined : cut % bytes.length))
      for (const { at, by } of changed) {
        const place = at % Math.max(damaged.length, 1)
        if (place < damaged.length) damaged[place] = (damaged[place] ?? 0) ^ by
      }
      const { reader, manifest } = imageOf([damaged])
      try {
        const files = await readImageFiles(reader, manifest, QUERY, SIGNAL)
        assert.ok([...files.keys()].every(path => !path.startsWith('/') && !path.split('/').includes('..')))
      } catch (error) {
        assert.ok(error instanceof ImageFault, String(error))
      }
    }),
    { numRuns: 300 },
  )
})

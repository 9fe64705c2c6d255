/** Group commit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inBatches } from './batches.ts'

test('pieces that arrive during a write go together into the next one, in order', async () => {
  const batches: (readonly number[])[] = []
  const release: (() => void)[] = []
  const write = inBatches<number>(async pieces => {
    batches.push(pieces)
    await new Promise<void>(resolve => release.push(resolve))
  })
  const first = write(1)
  await Promise.resolve()
  const rest = [write(2), write(3), write(4)]
  release.shift()?.()
  await first
  while (release.length === 0) await Promise.resolve()
  release.shift()?.()
  await Promise.all(rest)
  assert.deepEqual(batches, [[1], [2, 3, 4]])
})

test('a write that fails fails its own pieces and no others', async () => {
  const write = inBatches<string>(async pieces => {
    if (pieces.includes('bad')) throw new Error('disk full')
  })
  const bad = write('bad')
  await assert.rejects(bad, /disk full/)
  await write('good')
})

test('no piece is lost, doubled or out of order, and writes never overlap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 30 }), async pauses => {
      const written: number[] = []
      let running = 0
      const write = inBatches<number>(async pieces => {
        assert.equal(running++, 0)
        await Promise.resolve()
        written.push(...pieces)
        running--
      })
      const done: Promise<void>[] = []
      for (const [at, pause] of pauses.entries()) {
        done.push(write(at))
        for (let n = 0; n < pause; n++) await Promise.resolve()
      }
      await Promise.all(done)
      assert.deepEqual(written, [...pauses.keys()])
    }),
  )
})

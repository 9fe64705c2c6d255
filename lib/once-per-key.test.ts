/** Work that is shared by all who ask for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oncePerKey } from './once-per-key.ts'

test('work of one key is done once, at the same time and later; other keys have their own', async () => {
  const once = oncePerKey<string, number>()
  let done = 0
  const work = async () => ++done
  assert.deepEqual(await Promise.all([once('a', work), once('a', work), once('b', work)]), [1, 1, 2])
  assert.equal(await once('a', work), 1)
})

test('those who waited for work that failed hear of it, and the next one has it done again', async () => {
  const once = oncePerKey<string, string>()
  const failing = once('a', async () => {
    throw new Error('away')
  })
  await assert.rejects(Promise.all([failing, once('a', async () => 'never asked')]), /away/)
  assert.equal(await once('a', async () => 'back'), 'back')
})

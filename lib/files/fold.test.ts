import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { blobsBelow, closureOf, type ImageContent } from '../graph/graph.ts'
import type { JournalEntry } from '../state.ts'
import { destinationKey, parseTarget } from '../target.ts'
import { images, journalEntries, states, WORLD } from './arbitraries.ts'
import { emptyState, foldJournal } from './fold.ts'
import { reachableFrom } from './reachable.ts'
import { decodeState, encodeState } from './state-file.ts'

const journals = fc.array(journalEntries, { maxLength: 8 })
const empty = emptyState('8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f', parseTarget('docker://r.example/p'))

function finished(image: ImageContent): JournalEntry {
  return { did: 'image', image, content: reachableFrom(WORLD, [image]) }
}

test('a journal replayed in two pieces gives the same state as replayed at once', () => {
  fc.assert(
    fc.property(states, journals, journals, (state, first, second) => {
      assert.deepEqual(
        foldJournal(foldJournal(state, first), second),
        foldJournal(state, [...first, ...second]),
      )
    }),
  )
})

test('replaying an entry a second time changes nothing', () => {
  fc.assert(
    fc.property(states, journals, journalEntries, (state, before, entry) => {
      assert.deepEqual(foldJournal(state, [...before, entry, entry]), foldJournal(state, [...before, entry]))
    }),
  )
})

test('an empty journal leaves the state as it is, and every state it leads to can be written and read', () => {
  fc.assert(
    fc.property(states, journals, (state, entries) => {
      assert.deepEqual(foldJournal(state, []), state)
      const next = foldJournal(state, entries)
      assert.deepEqual(decodeState(encodeState(next), 's'), next)
    }),
  )
})

test('an image that arrives is not awaited from older archives any more, also when it leaves again', () => {
  fc.assert(
    fc.property(states, images, (state, image) => {
      const { destination } = image
      const entries = [finished(image), { did: 'remove', destination, as: 'delete' } as const]
      assert.equal(foldJournal({ ...state, awaited: [destination] }, entries).awaited, undefined)
    }),
  )
})

test('the last finished image of a destination is the one the state has', () => {
  fc.assert(
    fc.property(states, images, images, (state, old, young) => {
      const image = { ...young, destination: old.destination }
      const held = foldJournal(state, [finished(old), finished(image)]).images
      const key = destinationKey(image.destination)
      assert.deepEqual(
        held.filter(({ destination }) => destinationKey(destination) === key),
        [image],
      )
    }),
  )
})

test('a removed image leaves with everything that only it reached', () => {
  fc.assert(
    fc.property(images, image => {
      const { destination } = image
      for (const as of ['delete', 'forget'] as const)
        assert.deepEqual(foldJournal(empty, [finished(image), { did: 'remove', destination, as }]), empty)
    }),
  )
})

test('a blob that was sent is loose until an image that reaches it is finished in its repository', () => {
  fc.assert(
    fc.property(images, image => {
      const { repository } = image.destination
      const reached = blobsBelow(WORLD, closureOf(WORLD, image))
      const sent = [...WORLD.blobs].map(([digest, size]) => ({
        did: 'blob' as const,
        blob: { repository, digest, size },
      }))
      assert.equal(foldJournal(empty, sent).loose.length, WORLD.blobs.size)
      const left = foldJournal(empty, [...sent, finished(image)]).loose.map(({ digest }) => digest)
      assert.deepEqual(left, [...WORLD.blobs.keys()].filter(digest => !reached.has(digest)).sort())
    }),
  )
})

test('a blob of another repository stays loose', () => {
  fc.assert(
    fc.property(images, image => {
      const sent = [...WORLD.blobs].map(([digest, size]) => ({
        did: 'blob' as const,
        blob: { repository: 'somewhere/else' as never, digest, size },
      }))
      assert.equal(foldJournal(empty, [...sent, finished(image)]).loose.length, WORLD.blobs.size)
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProgressMode } from './progress.ts'
import { noteReading } from './reading.ts'

/** What is noted of 100 MiB, a quarter of which is read every so many seconds. */
function notesOf(seconds: number, mode: ProgressMode): readonly string[] {
  const notes: string[] = []
  let clock = 0
  const total = 100 * 2 ** 20
  const told = noteReading({ mode, total, note: text => notes.push(text), now: () => clock })
  for (let quarter = 0; quarter < 4; quarter++) {
    clock += seconds * 1000
    told(total / 4)
  }
  return notes
}

test('long reading says every ten seconds how far it is, short reading and --progress none say nothing', () => {
  assert.deepEqual(notesOf(6, 'auto'), [
    '50.0 MiB of 100.0 MiB read (50 %)',
    '100.0 MiB of 100.0 MiB read (100 %)',
  ])
  assert.deepEqual(notesOf(2, 'plain'), [])
  assert.deepEqual(notesOf(60, 'none'), [])
})

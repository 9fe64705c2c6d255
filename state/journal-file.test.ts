import assert from 'node:assert/strict'
import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { StateError } from '../lib/errors.ts'
import { journalEntries } from '../lib/files/arbitraries.ts'
import { decodeJournal, type JournalOwner } from '../lib/files/journal-lines.ts'
import type { JournalEntry } from '../lib/state.ts'
import { parseTarget } from '../lib/target.ts'
import { type JournalHandle, openJournalFile } from './journal-file.ts'

const owner: JournalOwner = {
  lineage: '8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f',
  target: parseTarget('docker://registry.enc1.example:5000/ocp'),
}
const entries: readonly JournalEntry[] = fc.sample(journalEntries, { numRuns: 40, seed: 7 })
let folder: string
let count = 0

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mirrorform-journal-'))
})
after(() => rm(folder, { recursive: true }))

const freshPath = (): string => join(folder, `${count++}.state.json.journal`)
const entriesIn = async (path: string): Promise<readonly JournalEntry[]> =>
  decodeJournal(await readFile(path), path).entries

interface Calls {
  writes: number
  syncs: number
  truncates: number
}

/** A real file whose disk has room for so many bytes only. */
async function openWithRoom(
  path: string,
  flags: string,
  room: number,
  calls?: Calls,
): Promise<JournalHandle> {
  const handle = await open(path, flags)
  const full = (): Error =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  return {
    write: (async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      if (calls) calls.writes++
      const fits = Math.min(length, room - position)
      if (fits <= 0) throw full()
      return handle.write(bytes, offset, fits, position)
    }) as JournalHandle['write'],
    datasync: async () => {
      if (calls) calls.syncs++
      await handle.datasync()
    },
    truncate: async length => {
      if (calls) calls.truncates++
      await handle.truncate(length)
    },
    close: () => handle.close(),
  }
}

test('what was appended is in the journal in its order', async () => {
  const path = freshPath()
  const journal = await openJournalFile(path, owner)
  for (const entry of entries) await journal.append(entry)
  await journal.close()
  assert.deepEqual(decodeJournal(await readFile(path), path).owner, owner)
  assert.deepEqual(await entriesIn(path), entries)
})

test('each entry is on disk when its append resolves', async () => {
  const path = freshPath()
  const journal = await openJournalFile(path, owner)
  await Promise.all(
    entries.map(async (entry, at) => {
      await journal.append(entry)
      assert.deepEqual((await entriesIn(path))[at], entry)
    }),
  )
  await journal.close()
})

test('entries that arrive together share their writes and syncs', async () => {
  const path = freshPath()
  const calls: Calls = { writes: 0, syncs: 0, truncates: 0 }
  const journal = await openJournalFile(path, owner, (path, flags) => openWithRoom(path, flags, 1e9, calls))
  const atStart = calls.syncs
  await Promise.all(entries.map(entry => journal.append(entry)))
  assert.equal(calls.syncs - atStart, 1)
  const first = journal.append(entries[0] as JournalEntry)
  await Promise.resolve()
  await Promise.resolve()
  await Promise.all([first, ...entries.map(entry => journal.append(entry))])
  assert.equal(calls.syncs - atStart, 3)
  await journal.close()
  assert.equal((await entriesIn(path)).length, 2 * entries.length + 1)
})

test('closing a journal first writes what waits, and then nothing more is taken', async () => {
  const path = freshPath()
  const journal = await openJournalFile(path, owner)
  const appended = entries.map(entry => journal.append(entry))
  await journal.close()
  await Promise.all(appended)
  assert.deepEqual(await entriesIn(path), entries)
  await assert.rejects(journal.append(entries[0] as JournalEntry), { message: /is closed/ })
})

test('a line torn by a crash is dropped and the journal goes on after the last whole one', async () => {
  const path = freshPath()
  const journal = await openJournalFile(path, owner)
  await journal.append(entries[0] as JournalEntry)
  await journal.close()
  await appendFile(path, `{"did":"image","image":{"destination":"${'x'.repeat(10_000)}`)
  assert.deepEqual(await entriesIn(path), entries.slice(0, 1))

  const again = await openJournalFile(path, owner)
  await again.append(entries[1] as JournalEntry)
  await again.close()
  assert.deepEqual(await entriesIn(path), entries.slice(0, 2))
})

test('a journal whose first line was torn is begun again', async () => {
  const path = freshPath()
  await writeFile(path, '{"format":"mirrorform-jou')
  const journal = await openJournalFile(path, owner)
  await journal.append(entries[0] as JournalEntry)
  await journal.close()
  assert.deepEqual(await entriesIn(path), entries.slice(0, 1))
})

test('a journal of another state or another target is not gone on with', async () => {
  const path = freshPath()
  await (await openJournalFile(path, owner)).close()
  const strangers: readonly (readonly [JournalOwner, RegExp])[] = [
    [{ ...owner, lineage: '00000000-0000-8000-8000-000000000000' }, /belongs to a state of lineage 8f14e45f/],
    [
      { ...owner, target: parseTarget('oci://mirror') },
      /was written for docker:\/\/registry\.enc1.*, not for oci:\/\/mirror/,
    ],
  ]
  for (const [stranger, message] of strangers)
    await assert.rejects(openJournalFile(path, stranger), (error: unknown) => {
      assert.ok(error instanceof StateError)
      assert.match(error.message, message)
      assert.match(error.hint ?? '', /move the journal away/)
      return true
    })
})

test('when the disk is full everybody who waits is told, and what was written before stays good', async () => {
  const path = freshPath()
  const calls: Calls = { writes: 0, syncs: 0, truncates: 0 }
  const journal = await openJournalFile(path, owner, (path, flags) => openWithRoom(path, flags, 2_500, calls))
  const small = entries.filter(entry => entry.did !== 'image').slice(0, 2)
  for (const entry of small) await journal.append(entry)
  const images = entries.filter(entry => entry.did === 'image')
  const results = await Promise.allSettled([...images, ...small].map(entry => journal.append(entry)))
  for (const result of results) {
    assert.equal(result.status, 'rejected')
    assert.match(
      String(result.reason),
      /^StateError: cannot write the journal .*: the disk is full \(ENOSPC\)$/,
    )
  }
  assert.ok(calls.writes > 3, 'a part of the batch was written before the disk was full')
  await assert.rejects(journal.append(small[0] as JournalEntry), /the disk is full/)
  await journal.close()
  assert.deepEqual(await entriesIn(path), small)

  const again = await openJournalFile(path, owner)
  await again.append(images[0] as JournalEntry)
  await again.close()
  assert.deepEqual(await entriesIn(path), [...small, images[0]])
})

test('a journal that cannot be created says why', async () => {
  await assert.rejects(openJournalFile(join(folder, 'absent', 'j'), owner), {
    name: 'StateError',
    message: /cannot start the journal .*: there is no folder/,
    hint: /mkdir -p/,
  })
})

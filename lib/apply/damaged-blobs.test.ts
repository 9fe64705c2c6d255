import assert from 'node:assert/strict'
import { test } from 'node:test'
import { never } from '../../testdata/mirroring.ts'
import { DigestMismatchError } from '../errors.ts'
import { digestOf, verifyStream } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { BlobContent, RepositoryReader, Target } from '../provider.ts'
import type { JournalEntry } from '../state.ts'
import { createBlobSender } from './blob-sender.ts'
import type { ApplyContext } from './context.ts'
import type { ApplyEvent } from './events.ts'

const PIECES = ['first ', 'second ', 'third'].map(text => Buffer.from(text))
const BLOB = Buffer.concat(PIECES)
const DIGEST = digestOf(BLOB)

/** A source that damages the blob so many times, and a target that keeps what reaches it whole. */
function scene(damaged: number, pieces: readonly Buffer[]) {
  let reads = 0
  const kept: Buffer[] = []
  const entries: JournalEntry[] = []
  const events: ApplyEvent[] = []
  async function* content(isDamaged: boolean) {
    for (const [at, piece] of pieces.entries()) yield isDamaged && at === 0 ? Buffer.from('wrong ') : piece
  }
  const source = {
    name: 'src.example/app',
    blob: async (descriptor: { digest: typeof DIGEST; size: number }) =>
      verifyStream('the blob', content(reads++ < damaged), descriptor),
  } as unknown as RepositoryReader
  const pushBlob = async (_: unknown, { open }: BlobContent) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of await open(never())) chunks.push(chunk)
    kept.push(Buffer.concat(chunks))
    return 'uploaded' as const
  }
  const context = {
    target: { repository: () => ({ pushBlob }) } as unknown as Target,
    emit: event => void events.push(event),
    parallelBlobs: 1,
    signal: never(),
    stopping: never(),
    content: { manifests: new Map(), blobs: new Map([[digestOf(Buffer.concat(pieces)), sizeOf(pieces)]]) },
    made: new Map(),
    record: async entry => void entries.push(entry),
    justAsked: () => false,
    damageRetries: 2,
  } as Partial<ApplyContext> as ApplyContext
  const digest = digestOf(Buffer.concat(pieces))
  const send = () =>
    createBlobSender(context, []).send('app' as RepositoryPath, { how: 'copy', digest }, source)
  return { send, kept, entries, events, reads: () => reads }
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

test('a blob that turns out damaged while it is copied is copied again from its start, and counted once', async () => {
  const { send, kept, entries, events, reads } = scene(2, PIECES)
  assert.equal(await send(), true)
  assert.deepEqual([kept, reads(), entries.length], [[BLOB], 3, 1])
  const counted = events.reduce(
    (sum, event) =>
      sum + (event.type === 'bytes' ? event.count : event.type === 'retract' ? -event.count : 0),
    0,
  )
  assert.equal(counted, BLOB.length)
})

test('a source that always damages a blob fails it after the retries, and the target keeps nothing', async () => {
  const { send, kept, entries, reads } = scene(9, PIECES)
  await assert.rejects(send(), DigestMismatchError)
  assert.deepEqual([kept, reads(), entries], [[], 3, []])
})

test('a damaged blob in one piece is left to its reader, which has tried again already', async () => {
  const { send, reads } = scene(9, [BLOB])
  await assert.rejects(send(), DigestMismatchError)
  assert.equal(reads(), 1)
})

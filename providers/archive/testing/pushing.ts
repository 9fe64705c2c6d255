/** For tests of writing: blobs in pieces, and whether what came of it is a good archive. */
import assert from 'node:assert/strict'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { openArchive, verifyArchive } from '../index.ts'

export async function* pieces(bytes: Uint8Array, size: number = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export function blob(bytes: Uint8Array): Descriptor {
  return { mediaType: 'application/octet-stream', digest: digestOf(bytes), size: bytes.length }
}

/** Shows what is wrong with an archive where something is. */
export async function isGood(folder: string): Promise<boolean> {
  const report = await verifyArchive(await openArchive(folder), { signal: new AbortController().signal })
  assert.deepEqual(
    report.volumes.flatMap(({ problems }) => problems),
    [],
  )
  return report.isGood
}

/** For tests of reading: an archive of several volumes that was carried here, and ways to look at it and to damage it. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseRepositoryPath, parseTag } from '../../../lib/oci/reference.ts'
import { type ArchiveChoices, type ArchiveImages, writeArchive } from '../../../testdata/archives.ts'
import { buildImage, bytesFromSeed } from '../../../testdata/images.ts'
import { type TestEnd, temporaryFolder } from '../../../testdata/temp.ts'
import { type Archive, type ArchiveContents, type VolumeReport, verifyArchive } from '../index.ts'

export const SIGNAL: AbortSignal = new AbortController().signal
/** In volumes of 60,000 bytes the first two fit one each, and the third is split. */
export const IMAGES: ArchiveImages = {
  'acme/first:1': buildImage({ layers: [bytesFromSeed('first', 40_000)] }),
  'acme/second:1': buildImage({ layers: [bytesFromSeed('second', 40_000)] }),
  'acme/third:1': buildImage({ layers: [bytesFromSeed('third', 90_000)] }),
}

export interface Carried {
  readonly folder: string
  readonly contents: ArchiveContents
  /** The path of a file in the folder. */
  file(name: string): string
}

export async function carried(t: TestEnd, choices: ArchiveChoices = {}): Promise<Carried> {
  const folder = temporaryFolder(t)
  const contents = await writeArchive(folder, IMAGES, { volumeSize: 60_000, ...choices })
  return { folder, contents, file: name => path.join(folder, name) }
}

/** What verify says of the volumes that are not good. */
export async function badVolumes(archive: Archive): Promise<readonly VolumeReport[]> {
  const { isGood, volumes } = await verifyArchive(archive, { signal: SIGNAL })
  const bad = volumes.filter(({ condition }) => condition !== 'good')
  assert.equal(isGood, bad.length === 0)
  return bad
}

/** Reads every blob and the manifest of one of `IMAGES`. */
export async function readImage(archive: Archive, place: string): Promise<void> {
  const [repository = '', tag = ''] = place.split(':')
  const reader = archive.repository(parseRepositoryPath(repository))
  const found = await reader.resolve(parseTag(tag), SIGNAL)
  assert.ok(found)
  await reader.manifest(found.digest, SIGNAL)
  for (const [digest, bytes] of IMAGES[place]?.blobs ?? [])
    for await (const _ of await reader.blob({ mediaType: '', digest, size: bytes.length }, SIGNAL));
}

/** Changes bytes of a file in place. */
export function patch(file: string, at: number, bytes: Uint8Array): void {
  const all = readFileSync(file)
  all.set(bytes, at)
  writeFileSync(file, all)
}

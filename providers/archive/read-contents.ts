/**
 * A folder -> what the archive in it says about itself, believed only after its seal, its tables and, where a key is
 * given, its signature.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ArchiveError } from './archive-error.ts'
import {
  type ArchiveContents,
  CONTENTS_FILE,
  PROGRESS_FILE,
  SIGNATURE_FILE,
  type VolumeRecord,
} from './contents.ts'
import { decodeContents } from './contents-file.ts'
import { codeOf, onDisk } from './disk.ts'
import { findCopy } from './find-copy.ts'
import { tablesOf, volumeRecord } from './members.ts'
import { isSignedBy, readKey } from './signature.ts'

/** @param volumes where volumes were found, by number. @throws ArchiveError, UsageError */
export async function readContents(
  folder: string,
  volumes: ReadonlyMap<number, string>,
  verifyKey: string | undefined,
): Promise<ArchiveContents> {
  if (verifyKey !== undefined) readKey(verifyKey, 'public')
  const file = path.join(folder, CONTENTS_FILE)
  const bytes = await readIfThere(file)
  if (bytes === undefined) return withoutList(folder, volumes, verifyKey)
  if (verifyKey !== undefined) await checkSignature(folder, bytes, verifyKey)
  const contents = decodeContents(bytes.toString('utf8'), file)
  checkVolumes(contents, file)
  return contents
}

async function withoutList(
  folder: string,
  volumes: ReadonlyMap<number, string>,
  verifyKey: string | undefined,
): Promise<ArchiveContents> {
  const file = path.join(folder, CONTENTS_FILE)
  if (existsSync(path.join(folder, PROGRESS_FILE)))
    throw new ArchiveError(`the archive in ${folder} is not finished`, {
      hint: 'apply its plan again where it was written: what is complete stays',
    })
  if (volumes.size === 0)
    throw new ArchiveError(`there is no archive in ${folder}`, {
      hint: 'an archive is a folder with archive.json and mirrorform-000001.tar; check the path',
      status: 404,
    })
  if (verifyKey !== undefined)
    throw new ArchiveError(`${file} is missing, so its signature cannot be checked`, {
      hint: 'carry archive.json and archive.json.sig with the volumes: the copy inside of them is not signed',
    })
  return onDisk(`cannot read the archive in ${folder}`, () => findCopy(volumes, folder))
}

async function checkSignature(folder: string, bytes: Uint8Array, key: string): Promise<void> {
  const file = path.join(folder, SIGNATURE_FILE)
  const signature = await readIfThere(file)
  if (signature === undefined)
    throw new ArchiveError(`the archive in ${folder} is not signed: there is no ${SIGNATURE_FILE}`, {
      hint: 'carry the signature too, or have the archive written with a signing key',
    })
  if (!isSignedBy(bytes, signature, key))
    throw new ArchiveError(`${file} is not a signature of ${CONTENTS_FILE} by the owner of the given key`, {
      hint: 'the archive was changed after it was signed, or somebody else signed it; do not import it, ask where it was written',
    })
}

/** The records follow from the rest, so others mean that somebody made the file up. */
function checkVolumes(contents: ArchiveContents, file: string): void {
  const expected = tablesOf(contents).map(volumeRecord)
  const isSame = (record: VolumeRecord, at: number) => {
    const other = contents.volumes[at]
    return other?.name === record.name && other.size === record.size && other.digest === record.digest
  }
  if (expected.length !== contents.volumes.length || !expected.every(isSame))
    throw new ArchiveError(`${file} contradicts itself: its volumes are not what it says is in them`, {
      hint: 'the file was not written by mirrorform as it is; carry it again',
    })
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return onDisk(`cannot read ${file}`, () =>
    readFile(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }),
  )
}

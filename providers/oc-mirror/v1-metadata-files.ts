/**
 * Where oc-mirror v1 keeps its metadata → the metadata's text: a folder, or an image with it as the only file of its layer.
 * Nothing is written to either.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { loadManifest, readImageFiles } from '../../lib/content/image-files/index.ts'
import { messageOf, PlaceError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { Tag } from '../../lib/oci/reference.ts'
import type { RepositoryReader } from '../../lib/provider.ts'
import { METADATA_FILE } from './v1-metadata.ts'

export interface MetadataText {
  readonly text: string
  /** For messages: the file, or the image. */
  readonly name: string
}

/** Larger metadata, bytes, is none. */
const LARGEST_METADATA = 256 * 1024 ** 2

/** The first of the folders that has it; undefined where none has. @throws PlaceError when it cannot be read */
export async function readMetadataFolder(folders: readonly string[]): Promise<MetadataText | undefined> {
  for (const folder of folders) {
    const name = path.join(folder, METADATA_FILE)
    const text = await readFile(name, 'utf8').catch((cause: unknown) => {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw new PlaceError(`cannot read ${name}: ${messageOf(cause)}`, { cause })
    })
    if (text !== undefined) return { text, name }
  }
  return undefined
}

/** undefined where there is no such image. @throws PlaceError, ImageFault when it is an image without metadata */
export async function readMetadataImage(
  reader: RepositoryReader,
  by: Tag | Digest,
  signal: AbortSignal,
): Promise<MetadataText | undefined> {
  const found = await reader.resolve(by, signal)
  if (found === undefined) return undefined
  const name = `${reader.name}${by.includes(':') ? '@' : ':'}${by}`
  const { manifest } = await loadManifest(reader, found.digest, undefined, signal)
  const files =
    manifest.kind === 'image'
      ? await readImageFiles(
          reader,
          manifest,
          {
            wanted: file => file === METADATA_FILE,
            until: [METADATA_FILE],
            maxFileBytes: LARGEST_METADATA,
            maxTotalBytes: LARGEST_METADATA,
          },
          signal,
        )
      : new Map<string, Uint8Array>()
  const bytes = files.get(METADATA_FILE)
  if (bytes !== undefined) return { text: Buffer.from(bytes).toString(), name }
  throw new PlaceError(`${name} is not an image with metadata of oc-mirror v1: it has no ${METADATA_FILE}`)
}

/**
 * Files → a layer of an image. The same files give the same digest on every machine and with every version of Node:
 * planning an image set again has to find the images it made before. That is why the layer is compressed here and not
 * with zlib, whose output differs between versions and processors.
 */
import { gzipSync } from 'fflate'
import { type Digest, digestOf } from '../../oci/digest.ts'
import { entryPath } from '../image-files/entry-path.ts'
import { ImageFault } from '../image-files/image-fault.ts'
import { type ArchiveFile, writeArchive } from './tar-archive.ts'

export interface LayerFile {
  /** Inside the image. A whiteout is an empty file `.wh.NAME` (OCI image-spec 1.1, "Whiteouts"). */
  readonly path: string
  readonly bytes: Uint8Array
  /** Default 0o644. It becomes 0o755 for a file that its owner may execute, else 0o644. */
  readonly mode?: number
}

export interface MadeLayer {
  /** The layer, gzip-compressed. */
  readonly bytes: Uint8Array
  readonly digest: Digest
  /** The digest of the archive before compression, for the config of an image. */
  readonly diffId: Digest
  /** Of `bytes`. */
  readonly size: number
}

/** The middle of the road; another one would change the digests of images made before. */
const COMPRESSION_LEVEL = 6
const OWNER_MAY_EXECUTE = 0o100

/** @throws ImageFault for a path that leads out of the image, and for two files at one path or below each other */
export function buildLayer(files: Iterable<LayerFile>): MadeLayer {
  const byPath = new Map<string, ArchiveFile>()
  for (const file of files) {
    const path = entryPath(file.path)
    if (!path) throw new ImageFault(`a layer cannot have a file "${file.path}": it is no path in an image`)
    if (byPath.has(path)) throw new ImageFault(`a layer cannot have two files "${path}"`)
    const executable = ((file.mode ?? 0) & OWNER_MAY_EXECUTE) !== 0
    byPath.set(path, { path, bytes: file.bytes, executable })
  }
  refuseFilesInFiles(byPath)
  const archive = writeArchive(byPath.values())
  const bytes = gzipSync(archive, { level: COMPRESSION_LEVEL, mtime: 0 })
  return { bytes, digest: digestOf(bytes), diffId: digestOf(archive), size: bytes.length }
}

function refuseFilesInFiles(byPath: ReadonlyMap<string, ArchiveFile>): void {
  for (const path of byPath.keys()) {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    for (let above = folder; above !== ''; above = above.slice(0, Math.max(above.lastIndexOf('/'), 0)))
      if (byPath.has(above))
        throw new ImageFault(`a layer cannot have a file "${path}" below the file "${above}"`)
  }
}

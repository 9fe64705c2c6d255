/**
 * Where things are inside an OCI image layout folder (OCI image-spec 1.1, "Image Layout"), and where we keep what is
 * ours: everything under `.mirrorform/` may be removed while nothing runs, and the folder is still the same layout.
 */
import path from 'node:path'
import { algorithmOf, type Digest, hexOf } from '../../lib/oci/digest.ts'

export const LAYOUT_MARKER = 'oci-layout'
export const LAYOUT_VERSION = '1.0.0'
export const INDEX_FILE = 'index.json'

export function markerPath(folder: string): string {
  return path.join(folder, LAYOUT_MARKER)
}

export function indexPath(folder: string): string {
  return path.join(folder, INDEX_FILE)
}

export function blobsFolder(folder: string, algorithm: 'sha256' | 'sha512'): string {
  return path.join(folder, 'blobs', algorithm)
}

export function blobPath(folder: string, digest: Digest): string {
  return path.join(blobsFolder(folder, algorithmOf(digest)), hexOf(digest))
}

/** Files that are still being written; a crash leaves some behind. */
export function incomingFolder(folder: string): string {
  return path.join(folder, '.mirrorform', 'incoming')
}

/**
 * Gives disk space back: removes the blobs of a layout folder that nothing in its index reaches any more.
 *
 * Deleting an image only takes it out of the index, which is quick and cannot hurt another image; this is the slow,
 * explicit second step. Nothing is removed before everything that stays has been read without a fault.
 */
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { blobsOf, parseManifest } from '../../lib/oci/manifest.ts'
import { listFolder } from './landing.ts'
import { LayoutReader } from './layout-reader.ts'
import { blobsFolder, incomingFolder } from './paths.ts'

export interface CollectedGarbage {
  readonly blobs: number
  readonly bytes: number
}

/**
 * Nothing else may write to the folder meanwhile.
 *
 * @param roots manifests to keep, with all below them, beside those in the index
 * @throws PlaceError, DigestMismatchError or SyntaxFault when something that stays is damaged; then nothing is removed.
 */
export async function collectGarbage(
  folder: string,
  roots: Iterable<Digest> = [],
  signal: AbortSignal = new AbortController().signal,
): Promise<CollectedGarbage> {
  const reader = new LayoutReader(folder)
  const { entries } = await reader.index.read()
  const kept = new Set<Digest>()
  const waiting = [...entries.map(entry => entry.descriptor.digest), ...roots]
  for (const root of waiting)
    if ((await reader.blobs.size(root)) === undefined) throw reader.blobs.missing(root)
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    signal.throwIfAborted()
    // A child that is not there belongs to an index that was copied for some platforms only.
    if (kept.has(digest) || (await reader.blobs.size(digest)) === undefined) continue
    kept.add(digest)
    const manifest = parseManifest(await reader.manifest(digest), `${reader.name}@${digest}`)
    if (manifest.kind === 'index') waiting.push(...manifest.manifests.map(child => child.digest))
    else for (const blob of blobsOf(manifest)) kept.add(blob.digest)
  }
  let collected: CollectedGarbage = { blobs: 0, bytes: 0 }
  for (const algorithm of ['sha256', 'sha512'] as const)
    for (const name of await listFolder(blobsFolder(folder, algorithm))) {
      signal.throwIfAborted()
      const digest = `${algorithm}:${name}`
      if (!isDigest(digest) || kept.has(digest)) continue
      const file = path.join(blobsFolder(folder, algorithm), name)
      collected = { blobs: collected.blobs + 1, bytes: collected.bytes + (await stat(file)).size }
      await rm(file)
    }
  await rm(incomingFolder(folder), { recursive: true, force: true })
  return collected
}

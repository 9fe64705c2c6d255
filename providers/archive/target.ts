/**
 * An archive for a far side, as a target of the apply engine: repositories whose blobs go to volumes.
 *
 * What the far side is expected to hold (its state) counts as there: such blobs are mounted without their bytes, and
 * tags answer with what the far side has. Nothing is deleted here: the plan travels along, and the far side deletes.
 */
import { MirrorformError, PlaceError } from '../../lib/errors.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { TargetRepository } from '../../lib/provider.ts'
import { formatTarget } from '../../lib/target.ts'
import { freeBytesAt } from '../layout/index.ts'
import { ArchiveWriter } from './archive-writer.ts'
import { nodeDisk } from './disk.ts'
import { FAR_SIDE_ABILITIES, farSideRepositories } from './far-side.ts'
import { finishArchive } from './finish.ts'
import type { ArchiveOptions, ArchiveTarget } from './shipment.ts'
import { readKey } from './signature.ts'
import { ArchiveTargetRepository } from './target-repository.ts'
import { minimumVolumeSize } from './volume-room.ts'

/** 500 GiB, as oc-mirror v2 has it where `archiveSize` is not set. */
const DEFAULT_VOLUME_SIZE: number = 500 * 2 ** 30

/**
 * Opens a folder to write an archive into; an unfinished one of the same plan is gone on with.
 *
 * @throws PlaceError when the limit is too small, or the folder holds another archive; UsageError when the key is none
 */
export async function openArchiveTarget(folder: string, options: ArchiveOptions): Promise<ArchiveTarget> {
  const { target, lineage, plan, farSide, signingKey, disk = nodeDisk } = options
  const volumeSize = options.volumeSize ?? DEFAULT_VOLUME_SIZE
  if (signingKey !== undefined) readKey(signingKey, 'private')
  refuseSmallVolumes(volumeSize, options.largestManifest ?? 0)
  const purpose = { target: formatTarget(target), lineage: lineage ?? null, plan: plan ?? null, volumeSize }
  const writer = await ArchiveWriter.open(folder, volumeSize, purpose, disk)
  const repositories = new Map<RepositoryPath, TargetRepository>()
  const farRepository = farSideRepositories(target, farSide)
  let isOpen = true
  return {
    address: target,
    abilities: async () => FAR_SIDE_ABILITIES,
    freeBytes: () => freeBytesAt(folder),
    repository(path) {
      const known = repositories.get(path) ?? new ArchiveTargetRepository(writer, path, farRepository(path))
      repositories.set(path, known)
      return known
    },
    async finish(shipment, signal) {
      if (!isOpen) throw new MirrorformError(`the archive in ${folder} is closed`)
      const made = await finishArchive(
        writer,
        { target, lineage, plan, farSide, signingKey, ...shipment },
        disk,
        signal,
      )
      isOpen = false
      return made
    },
    async close() {
      isOpen = false
      await writer.close()
    },
  }
}

/** @param largestManifest bytes. @throws PlaceError when volumes of so many bytes cannot hold it */
export function refuseSmallVolumes(volumeSize: number, largestManifest: number): void {
  const least = minimumVolumeSize(largestManifest)
  if (Number.isSafeInteger(volumeSize) && volumeSize >= least) return
  throw new PlaceError(
    `volumes of ${volumeSize} bytes are too small: the largest manifest has ${largestManifest} bytes, which needs volumes of at least ${least} bytes`,
    { hint: `manifests are not split; choose a volume size of ${least} bytes or more` },
  )
}

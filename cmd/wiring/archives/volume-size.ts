/** How large a volume of an archive may be: what `--volume-size` says, else `archiveSize` of the image sets. */
import { DEFAULT_ARCHIVE_SIZE, type ImageSet } from '../../../lib/config/index.ts'
import { UsageError } from '../../../lib/errors.ts'

const GIBIBYTE = 2 ** 30
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: GIBIBYTE,
  tib: 2 ** 40,
}

/** `4.7GB`, `650MiB`, `4700000000` → bytes. @throws UsageError */
export function parseVolumeSize(text: string): number {
  const [, number, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]i?b|b)?\s*$/i.exec(text) ?? []
  const bytes = Math.floor(Number(number ?? Number.NaN) * (UNITS[unit.toLowerCase()] ?? Number.NaN))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new UsageError(`--volume-size ${text} is not a number of bytes`, {
    hint: 'for instance --volume-size=4.7GB; the units are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB',
  })
}

/** bytes; of several image sets the smallest counts. @throws UsageError */
export function volumeSizeFor(
  given: string | undefined,
  imageSets: readonly Pick<ImageSet, 'archiveSize'>[],
): number {
  if (given !== undefined) return parseVolumeSize(given)
  const sizes = imageSets.map(({ archiveSize }) => archiveSize)
  return Math.floor((sizes.length === 0 ? DEFAULT_ARCHIVE_SIZE : Math.min(...sizes)) * GIBIBYTE)
}

/**
 * Whether what is to be copied fits into a target that can tell how much it still takes: a folder on a disk, found to be
 * too full before anything is written and not in the middle.
 */
import type { Digest } from '../oci/digest.ts'
import { canTellSpace, type Target } from '../provider.ts'
import { formatTarget } from '../target.ts'
import type { Refusal } from './guards.ts'
import type { Plan } from './plan.ts'

const MEBIBYTE = 1024 * 1024

/** undefined when it fits, or when the target does not tell. Asks only where there is anything to copy. */
export async function refuseShortOfSpace(
  target: Target,
  bytes: number,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (bytes === 0 || !canTellSpace(target)) return undefined
  const free = await target.freeBytes(signal)
  if (free === undefined || free >= bytes) return undefined
  return {
    message: `${formatTarget(target.address)} has not enough space: ${mebibytes(Math.ceil(bytes / MEBIBYTE))} are to be copied, ${mebibytes(Math.floor(free / MEBIBYTE))} are free`,
    hint: 'free some space on that disk or take another folder, or mirror less at once with --only',
  }
}

/** What a plan still has to copy where some of its blobs are there already: an apply that was cut off, taken up again. */
export function bytesStillToCopy(
  { changes, blobs }: Pick<Plan, 'changes' | 'blobs'>,
  there: ReadonlySet<Digest>,
): number {
  const copied = changes.flatMap(change =>
    'transfer' in change ? change.transfer.blobs.filter(({ how }) => how === 'copy') : [],
  )
  const missing = new Set(copied.map(({ digest }) => digest).filter(digest => !there.has(digest)))
  return [...missing].reduce((sum, digest) => sum + (blobs.get(digest) ?? 0), 0)
}

function mebibytes(count: number): string {
  return `${count.toLocaleString('en-US')} MiB`
}

/** `mirror.platform` of an image set of v1 -> that of v2: the keys are the same, what they take is not always. */
import { isScalar, type YAMLMap } from 'yaml'
import type { ImageSet } from '../image-set.ts'
import type { ReleaseChannel } from '../platform-section.ts'
import { keyNode, mapsAt, pairOf, takeOut, textAt } from './nodes.ts'
import type { Rewriting } from './rewriting.ts'

export function migrateReleases(
  rewriting: Rewriting,
  platform: YAMLMap | undefined,
  { platform: section }: ImageSet,
): void {
  const channels = mapsAt(platform, 'channels')
  for (const channel of channels) removeProduct(rewriting, channel)
  const pair = platform && pairOf(platform, 'channels')
  if (pair === undefined || section === undefined) return
  const key = keyNode(pair)
  const heads = section.channels.filter(isHeadOnly).map(({ name }) => name)
  if (heads.length > 0)
    rewriting.tell(
      key,
      undefined,
      `of ${heads.join(', ')} v2 takes the newest release only; v1 kept everything since its first run. To keep that, write the oldest release your clusters run as minVersion`,
    )
  if (mayCrossOtherwise(section.channels))
    rewriting.tell(
      key,
      undefined,
      'between these channels v2 goes minor by minor and ends in the last of them; v1 stayed with the kind of the first, an eus channel two minors at a time. The plan names every release',
    )
}

/** v1 takes every product it does not know for ocp; v2 refuses it. */
function removeProduct(rewriting: Rewriting, channel: YAMLMap): void {
  const type = textAt(channel, 'type')
  const value = pairOf(channel, 'type')?.value
  if (type === undefined || type === 'ocp' || type === 'okd' || !isScalar(value)) return
  const kept = takeOut(channel, 'type')
  rewriting.tell(channel, value, `type ${type} is gone: v1 took it for ocp, which is the default`, kept)
}

function isHeadOnly({ minVersion, maxVersion, full }: ReleaseChannel): boolean {
  return minVersion === undefined && maxVersion === undefined && !full
}

function mayCrossOtherwise(channels: readonly ReleaseChannel[]): boolean {
  const kinds = channels
    .filter(({ product }) => product === 'ocp')
    .map(({ name }) => name.replace(/-[\d.]+$/, ''))
  return kinds.length > 1 && (new Set(kinds).size > 1 || kinds.includes('eus'))
}

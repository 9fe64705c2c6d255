/** What the target can do, as far as a plan depends on it. */
import type { ImageContent } from '../../../lib/graph/graph.ts'
import type { PlacedImage } from '../../../lib/graph/naming.ts'
import type { Ability, Target, TargetAbilities } from '../../../lib/provider.ts'
import type { TargetChoice } from './choose-target.ts'

export interface AbilityArguments {
  readonly refresh: boolean
  readonly sparseIndex: 'auto' | 'yes' | 'no'
}

/** What is asked about: an image with platforms chosen may need an index with missing children. */
export type AskingImage = Pick<ImageContent, 'destination' | 'platforms'> & Pick<PlacedImage, 'platformIndex'>

const NOTHING_KNOWN: TargetAbilities = {
  deleteTag: 'unknown',
  deleteManifest: 'unknown',
  sparseIndex: 'unknown',
  referrersApi: 'unknown',
}

/**
 * Only what this plan depends on is asked for, and with `--refresh=false` only where a platform choice needs it. Whether a
 * far side has the referrers API is not known here, so the tag that stands in for it travels along.
 */
export async function abilitiesFor(
  target: Target,
  args: AbilityArguments,
  choice: TargetChoice,
  images: readonly AskingImage[],
  signal: AbortSignal,
): Promise<TargetAbilities> {
  const first = images[0]
  if (first === undefined) return NOTHING_KNOWN
  const sparse = images.some(
    ({ platforms, platformIndex = choice.platformIndex }) =>
      platforms.length > 0 && platformIndex === 'sparse',
  )
  const asked: (keyof TargetAbilities)[] = []
  if (args.refresh && choice.signatures !== 'ignore') asked.push('referrersApi')
  if (sparse && args.sparseIndex === 'auto') asked.push('sparseIndex')
  const known =
    asked.length === 0 ? NOTHING_KNOWN : await target.abilities(first.destination.repository, asked, signal)
  const told: Ability | undefined = args.sparseIndex === 'auto' ? undefined : args.sparseIndex
  const all = told === undefined ? known : { ...known, sparseIndex: told }
  return choice.archive === undefined ? all : { ...all, referrersApi: 'unknown' }
}

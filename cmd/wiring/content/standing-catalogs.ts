/** Catalogs that a state has at the target -> where collecting operators may look at them. */
import type { StandingCatalogs } from '../../../lib/content/operator/index.ts'
import { placeRepository } from '../../../lib/graph/naming.ts'
import type { Target } from '../../../lib/provider.ts'
import type { State } from '../../../lib/state.ts'
import { formatDestination } from '../../../lib/target.ts'
import type { TargetChoice } from '../target/choose-target.ts'

export function standingCatalogs(
  { images }: Pick<State, 'images'>,
  target: Target,
  { address, maxNestedPaths }: Pick<TargetChoice, 'address' | 'maxNestedPaths'>,
): StandingCatalogs {
  const catalogs = images.filter(({ origins }) => origins.some(({ kind }) => kind === 'catalog'))
  return placeOf => {
    for (const { destination, digest } of catalogs) {
      const { repository, tag } = placeOf(digest)
      if (destination.tag !== tag) continue
      if (destination.repository !== placeRepository(address, repository, maxNestedPaths)) continue
      const name = formatDestination(address, destination)
      return { name, digest, tag, reader: target.repository(destination.repository) }
    }
    return undefined
  }
}

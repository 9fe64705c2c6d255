/**
 * Image sets → the images that `import` takes: what they ask for, and of those of oc-mirror v1 also what v1 put at the target
 * and they no longer ask for, so that a plan deletes it.
 */
import { readState } from '../../../lib/apply/session.ts'
import { type PlacedImage, parseSource } from '../../../lib/graph/naming.ts'
import type { State } from '../../../lib/state.ts'
import { destinationKey } from '../../../lib/target.ts'
import type { Hop } from '../../../providers/enclave/index.ts'
import { openStateFile } from '../../../state/index.ts'
import type { Invocation } from '../../invocation.ts'
import type { OperatorArguments } from '../content/collect-operators.ts'
import type { ContentArguments } from '../content/collect-releases.ts'
import type { Places } from '../places/open-places.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import { collectWanted, type LoadedImageSets, type WantedSet } from '../wanted-images.ts'
import { heldFromHistory, historyOf } from './history-of.ts'

export interface ImportPlaces {
  readonly places: Places
  readonly invocation: Invocation
  readonly via: Hop | undefined
}

/** @throws ConfigError, PlanError, PlaceError as collecting does */
export async function wantedWithHistory(
  imageSets: LoadedImageSets,
  args: ContentArguments & OperatorArguments,
  choice: TargetChoice,
  { places, invocation, via }: ImportPlaces,
): Promise<WantedSet> {
  const { loaded } = await readState(openStateFile(choice.statePath))
  const readsSources = via === undefined
  const reading = { choice, places, state: loaded?.state, readsSources, readsTarget: true }
  const history = await historyOf(imageSets, reading, invocation.interrupts.soft.signal)
  for (const note of history.notes) invocation.output.note(note)
  const { recorded } = history
  const known = recorded.size === 0 ? undefined : (loaded?.state ?? history.inherited)
  const held = known?.images.flatMap(({ origins }) => origins) ?? []
  const collecting = { places, invocation, held, recorded, ...(via && { via }) }
  const wanted = await collectWanted(imageSets, args, choice, collecting)
  return { ...wanted, images: withInherited(wanted.images, heldFromHistory(history, wanted)) }
}

function withInherited(wanted: readonly PlacedImage[], inherited: State | undefined): readonly PlacedImage[] {
  const known = new Set(wanted.map(({ destination }) => destinationKey(destination)))
  const others = inherited?.images.filter(({ destination }) => !known.has(destinationKey(destination))) ?? []
  return [
    ...wanted,
    ...others.map(({ destination, source, platforms, origins }) => ({
      destination,
      source: parseSource(source),
      platforms,
      origins,
    })),
  ]
}

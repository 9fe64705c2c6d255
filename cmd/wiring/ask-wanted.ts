/** What image sets and other inputs ask for, collected: what they name, looked up where it can be read. */
import type { State } from '../../lib/state.ts'
import type { Hop } from '../../providers/enclave/index.ts'
import type { Invocation } from '../invocation.ts'
import type { Carried } from './archives/open-carried.ts'
import { standingCatalogs } from './content/standing-catalogs.ts'
import { heldFromHistory, historyOf } from './other-tools/history-of.ts'
import type { Places } from './places/open-places.ts'
import type { MakePlanArguments, Question } from './plan-question.ts'
import type { TargetChoice } from './target/choose-target.ts'
import { collectWanted, type WantedSet } from './wanted-images.ts'
import { joinWanted, NOTHING_WANTED } from './wanted-inputs.ts'

export interface AskingPlaces {
  readonly places: Places
  /** The target on the way that images are read at. */
  readonly via: Hop | undefined
}

export interface Wanted {
  /** undefined where nothing asks: everything of an archive is taken, or all goes. */
  readonly wanted: WantedSet | undefined
  /** What counts as held where there is no state: what oc-mirror v1 put at the target. */
  readonly inherited: State | undefined
}

/** @throws ConfigError, PlanError naming everything that cannot be had, PlaceError */
export async function askWanted(
  question: Question,
  args: MakePlanArguments,
  choice: TargetChoice,
  { places, via }: AskingPlaces,
  invocation: Invocation,
): Promise<Wanted> {
  const { imageSets, others, carried, stored, shipping, deletes } = question
  const state = question.loaded?.state
  const readsTarget = shipping === undefined
  const meant = stored === undefined ? imageSets : stored.imageSets
  const history = await historyOf(
    meant,
    {
      choice,
      places,
      state,
      readsSources: args.from.length === 0 && via === undefined,
      readsTarget,
      archives: stored?.stored.all ?? [],
    },
    invocation.interrupts.soft.signal,
  )
  const documents = stored?.documents ?? (carried && imageSets && (await documentsOf(carried)))
  const given = {
    places,
    invocation,
    held: (state ?? history.inherited)?.images.flatMap(({ origins }) => origins) ?? [],
    recorded: history.recorded,
    ...(documents && { carried: documents }),
    ...(via && { via }),
    ...(readsTarget && state && { standing: standingCatalogs(state, places.target, choice) }),
  }
  const sets: WantedSet[] = meant === undefined ? [] : [await collectWanted(meant, args, choice, given)]
  if (history.notes.length > 0) sets.push({ ...NOTHING_WANTED, notes: history.notes })
  const takesStored = stored !== undefined && !args.destroy && deletes === undefined
  for (const input of takesStored ? [...others, stored.input] : others)
    sets.push(await input.collect(choice, { ...given, state }))
  const wanted = sets.length === 0 ? undefined : joinWanted(sets)
  return { wanted, inherited: heldFromHistory(history, wanted ?? NOTHING_WANTED) }
}

async function documentsOf(carried: Carried) {
  const { documentsIn } = await import('./archives/open-carried.ts')
  return documentsIn(carried)
}

/** Makes a plan for one target: reads image sets and state, resolves, asks the target, diffs. */
import type { DesiredGraph } from '../../lib/graph/graph.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { LoadedState } from '../../lib/state.ts'
import type { Invocation } from '../invocation.ts'
import type { Carried } from './archives/open-carried.ts'
import { type AskingPlaces, askWanted, type Wanted } from './ask-wanted.ts'
import type { Pin } from './content/collect-operators.ts'
import { uncheckedStorage } from './other-tools/history-of.ts'
import { openPlaces, type Places } from './places/open-places.ts'
import type { DeleteInput } from './plan-deletes.ts'
import { planSubject, resolveWanted, takeCarried } from './plan-images.ts'
import { type MakePlanArguments, type Question, readQuestion } from './plan-question.ts'
import type { PlanSetting, Subject } from './plan-setting.ts'
import type { TargetChoice } from './target/choose-target.ts'
import { hopOf } from './target/open-hop.ts'
import { notesOnStates } from './target/states-beside.ts'
import { withRoute } from './target/target-settings.ts'
import { NOTHING_WANTED, sourcesOf } from './wanted-inputs.ts'

export type { MakePlanArguments } from './plan-question.ts'

export interface MadePlan {
  readonly plan: Plan
  readonly heldImages: number
  /** When the target was asked, by `performance.now()`. */
  readonly askedAt: number
  /** What catalogs were pinned to. */
  readonly pins: readonly Pin[]
  /** Everything that should be at the target, also what stays as it is. */
  readonly desired: DesiredGraph
}

/** @throws UsageError, ConfigError, StateError, PlanError, PlaceError; nothing is written in any case. */
export async function planFor(
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<MadePlan> {
  const { places, ...made } = await planAndStay(args, choice, invocation)
  await places.close()
  return made
}

/**
 * The same for who goes on with the plan at once: the places stay open, with the connections, the logins and whatever
 * was learnt of the registries. The caller closes them.
 */
export async function planAndStay(
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<MadePlan & { readonly places: Places }> {
  const question = await readQuestion(args, choice, invocation)
  const { places, via } = await openFor(question, args, choice, invocation)
  try {
    const { wanted, inherited } = await askWanted(question, args, choice, { places, via }, invocation)
    const { loaded, shipping, carried, stored, route } = question
    const signal = invocation.interrupts.soft.signal
    const reading = { carried, stored: stored?.stored, route, via }
    const setting = { args, choice, places, loaded, inherited, shipping, ...reading, signal }
    const subject = await subjectOf(question, wanted, setting)
    const begun = question.isNew ? await notesOnStates(choice.statePath, choice.address) : []
    const made = await planSubject({ ...subject, notes: [...subject.notes, ...begun] }, setting)
    shipping?.check(made.plan)
    return {
      ...made,
      heldImages: (loaded?.state ?? inherited)?.images.length ?? 0,
      pins: wanted?.pins ?? [],
      desired: subject.graph,
      places,
    }
  } catch (error) {
    await places.close()
    throw error
  }
}

async function openFor(
  { route, imageSets, shipping, carried, stored, loaded, others }: Question,
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<AskingPlaces> {
  const via = await hopOf(route)
  const reached = { ...withRoute(args, route), insecureSources: uncheckedStorage(imageSets) }
  const opened = await openPlaces(reached, choice.address, invocation, {
    isShipped: shipping !== undefined,
    archives: carried?.all.map(({ archive }) => archive),
    stored: stored?.stored,
    state: loaded?.state,
    via,
  })
  return { places: { ...opened, sources: sourcesOf(others, opened.sources) }, via }
}

async function subjectOf(
  { deletes, carried, loaded }: Question,
  wanted: Wanted['wanted'],
  setting: PlanSetting,
): Promise<Subject> {
  if (deletes !== undefined) return chosenBy(deletes, setting)
  if (wanted !== undefined || carried === undefined || setting.args.destroy)
    return resolveWanted(wanted ?? NOTHING_WANTED, setting)
  return takeCarried(await imagesOf(carried, setting.choice, loaded), setting)
}

async function chosenBy(deletes: DeleteInput, setting: PlanSetting): Promise<Subject> {
  const { chooseDeletes } = await import('./plan-deletes.ts')
  return chooseDeletes(deletes, setting)
}

async function imagesOf(carried: Carried, choice: TargetChoice, loaded: LoadedState | undefined) {
  const { carriedImages } = await import('./archives/carried-images.ts')
  return carriedImages(carried, choice.address, loaded?.state)
}

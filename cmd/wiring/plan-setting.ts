/** What one plan is made with, what it is made of, and which images it is to look at. */
import { UsageError } from '../../lib/errors.ts'
import type { DesiredGraph } from '../../lib/graph/graph.ts'
import type { MissingContent, Route } from '../../lib/plan/plan.ts'
import { type Scope, scopeOf } from '../../lib/plan/scope.ts'
import type { Withheld } from '../../lib/plan/withheld.ts'
import type { TargetAbilities } from '../../lib/provider.ts'
import type { LoadedState, State } from '../../lib/state.ts'
import { type Destination, destinationKey } from '../../lib/target.ts'
import type { Hop } from '../../providers/enclave/index.ts'
import type { Carried } from './archives/open-carried.ts'
import type { Shipping } from './archives/shipping.ts'
import type { Stored } from './other-tools/open-stored.ts'
import type { Places } from './places/open-places.ts'
import type { AbilityArguments } from './target/abilities-for.ts'
import type { TargetChoice } from './target/choose-target.ts'
import type { WantedSet } from './wanted-images.ts'

export interface PlanImagesArguments extends AbilityArguments {
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  readonly destroy: boolean
  readonly allowMassDelete: boolean
  readonly skipDeletes: boolean
  readonly createProjects: boolean
}

export interface PlanSetting {
  readonly args: PlanImagesArguments
  readonly choice: TargetChoice
  readonly places: Places
  /** What counts as held. */
  readonly loaded: LoadedState | undefined
  /** What counts as held where there is no state: what oc-mirror v1 put at the target. */
  readonly inherited?: State | undefined
  readonly shipping: Shipping | undefined
  readonly carried: Carried | undefined
  readonly stored: Stored | undefined
  readonly route: Route | undefined
  /** Where images are read, where that is a target on the way. */
  readonly via: Hop | undefined
  readonly signal: AbortSignal
}

/** What should be at the target. */
export interface Subject extends Omit<WantedSet, 'images' | 'stays' | 'incomplete' | 'pins'> {
  readonly graph: DesiredGraph
  /** Wanted, or not to be looked at, but not part of this plan. */
  readonly elsewhere: readonly Destination[]
  readonly withheld: Withheld
  readonly abilities: TargetAbilities
  /** Found missing in the archives before anything was planned. */
  readonly missing: readonly MissingContent[]
  /** Nothing is sent. */
  readonly onlyDeletes?: true
}

/** What `--only`, `--exclude` and a shopping list leave to look at. */
export function scopeIn({ args, choice, shipping }: PlanSetting): Scope {
  const prefix = choice.address.kind === 'registry' ? choice.address.prefix : ''
  const inScope = scopeOf(prefix, args.only, args.exclude)
  const listed = shipping?.listed
  return (destination, source) =>
    inScope(destination, source) && (listed?.has(destinationKey(destination)) ?? true)
}

/** @param images that are left. @throws UsageError */
export function refuseEmptyScope(images: number, setting: PlanSetting): void {
  const { args, loaded } = setting
  const isMeant = scopeIn(setting)
  const held = loaded?.state.images.some(image => isMeant(image.destination, image.source)) ?? false
  if (images === 0 && !held && args.only.length + args.exclude.length > 0)
    throw new UsageError('--only and --exclude leave no image to plan for', {
      hint: 'a glob is held against repository, repository:tag and source; "*" stays within one part of a path, "**" does not',
    })
}

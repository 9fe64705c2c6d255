/**
 * A package and what an image set of oc-mirror v1 asks of it → what is asked of each of its channels.
 *
 * Where channels are named, only those are looked at; but a `minVersion` of the package holds for every channel that has
 * the version, named or not. `minBundle` is read by v1 only beside versions: alone it asks for all there is.
 */
import type { RangeText } from '../filter/versions.ts'
import type { CatalogPackage } from '../model.ts'
import type { StartOf, V1PackageRequest } from './request.ts'

export type V1Wish =
  /** The head; where an earlier run began at a version, all from there. */
  | { readonly kind: 'head'; readonly start?: string }
  | { readonly kind: 'all'; readonly why: string }
  /** From the version to the head. `isOptional`: a channel without it is passed over. */
  | { readonly kind: 'from'; readonly version: string; readonly isOptional: boolean }
  | { readonly kind: 'range'; readonly range: RangeText; readonly isOptional: boolean }

type Written = RangeText & { readonly minBundle?: string }

/** By channel, in the order of the catalog; channels that the catalog does not have are not among them. */
export function channelWishes(
  source: CatalogPackage,
  asked: V1PackageRequest,
  full: boolean,
  startOf: StartOf,
): ReadonlyMap<string, readonly V1Wish[]> {
  const named = Map.groupBy(asked.channels, ({ name }) => name)
  return new Map(
    source.channels.flatMap(({ name }): readonly [string, readonly V1Wish[]][] => {
      const unbound = unboundWish(name, full, startOf(source.name, name))
      const shared = wishIn(asked, true)
      const own = (named.get(name) ?? []).map(channel => wishIn(channel, false) ?? unbound)
      const isLookedAt = own.length > 0 || asked.channels.length === 0
      const fromPackage = shared !== undefined && (isLookedAt || shared.kind === 'from') ? [shared] : []
      const wishes = shared?.kind === 'range' ? fromPackage : [...own, ...fromPackage]
      if (wishes.length === 0 && isLookedAt) return [[name, [unbound]]]
      return wishes.length === 0 ? [] : [[name, wishes]]
    }),
  )
}

function unboundWish(channel: string, full: boolean, start: string | undefined): V1Wish {
  if (full) return { kind: 'all', why: `all of channel ${channel} (full)` }
  return { kind: 'head', ...(start !== undefined && { start }) }
}

/** undefined where nothing bounds the versions. */
function wishIn({ minVersion, maxVersion, minBundle }: Written, isOptional: boolean): V1Wish | undefined {
  if (maxVersion !== undefined)
    return {
      kind: 'range',
      range: { maxVersion, ...(minVersion !== undefined && { minVersion }) },
      isOptional,
    }
  if (minVersion !== undefined) return { kind: 'from', version: minVersion, isOptional }
  return minBundle === undefined ? undefined : { kind: 'all', why: 'all there is (minBundle alone)' }
}

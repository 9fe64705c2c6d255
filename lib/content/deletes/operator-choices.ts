/**
 * `delete.operators` → choices. A catalog without packages means the catalog itself and all its bundles (product
 * documentation; oc-mirror v2 leaves the catalog where it is). Packages and channels without versions mean every bundle that
 * the state holds of them.
 */
import type { OperatorPackage, OperatorSection } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import { catalogName } from '../operator/destination.ts'
import { isInRange, parseRange, type RangeText } from '../operator/filter/versions.ts'
import { bundleVersion } from './bundle-version.ts'
import { type Choice, NO_VERSION, type Remainder, withoutChannels } from './choice.ts'

type BundleOrigin = Extract<Origin, { readonly kind: 'bundle' }>

export function operatorChoices(sections: readonly OperatorSection[]): readonly Choice[] {
  return sections.flatMap(section => {
    const catalog = catalogName(section)
    return section.packages.length === 0
      ? [wholeCatalog(catalog, section.place)]
      : section.packages.map(each => packageChoice(catalog, each, section.full))
  })
}

function wholeCatalog(catalog: string, place: string): Choice {
  return {
    name: `catalog ${catalog}`,
    place,
    without: origin =>
      (origin.kind === 'catalog' || origin.kind === 'bundle') && origin.catalog === catalog
        ? undefined
        : 'untouched',
  }
}

function packageChoice(catalog: string, wish: OperatorPackage, full: boolean): Choice {
  const isBounded = full || wish.bundles.length > 0 || [wish, ...wish.channels].some(hasRange)
  return {
    name: `package ${wish.name} of ${catalog}`,
    place: wish.place,
    ...(!isBounded && { wide: { because: NO_VERSION, part: bundleIn } }),
    without: origin =>
      origin.kind === 'bundle' && origin.catalog === catalog && origin.package === wish.name
        ? withoutBundle(origin, wish)
        : 'untouched',
  }
}

function withoutBundle(origin: BundleOrigin, { bundles, channels, ...range }: OperatorPackage): Remainder {
  if (bundles.length > 0 && !bundles.includes(origin.bundle)) return 'untouched'
  if (!isMeant(origin, range)) return 'untouched'
  if (channels.length === 0) return withoutChannels(origin, undefined)
  const gone = channels.filter(channel => isMeant(origin, channel)).map(({ name }) => name)
  return withoutChannels(origin, new Set(gone))
}

function hasRange({ minVersion, maxVersion }: RangeText): boolean {
  return minVersion !== undefined || maxVersion !== undefined
}

function bundleIn(origin: Origin): string {
  return origin.kind === 'bundle' ? origin.bundle : ''
}

/** A range is not held against a bundle whose name tells no version: such a bundle stays. */
function isMeant({ bundle }: BundleOrigin, asked: RangeText): boolean {
  if (!hasRange(asked)) return true
  const { minVersion, maxVersion } = asked
  const range = parseRange({
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
  })
  const version = bundleVersion(bundle)
  return range !== undefined && version !== undefined && isInRange(version, range)
}

/** Images that archives speak of and that cannot be brought: which, what they lack, and where that was shipped. */
import type { MissingContent, Plan } from '../plan/plan.ts'
import { formatDestination } from '../target.ts'
import { printable, wrap } from './fit.ts'
import { shortDestination } from './naming.ts'
import { type Section, textSection } from './plan-section.ts'
import type { PlanView } from './plan-view.ts'
import { countOf } from './quantities.ts'

export const MISSING_TITLE = 'Missing: some content is neither in the archives nor at the target'

/** `it lacks 3 blobs or manifests, shipped in archive 2` */
export function missingReason({ lacks, shippedIn }: MissingContent): string {
  const many = lacks.length === 1 ? 'one blob or manifest' : `${lacks.length} blobs or manifests`
  if (shippedIn.length === 0) return `it lacks ${many}`
  const archives = shippedIn.length === 1 ? 'archive' : 'archives'
  return `it lacks ${many}, shipped in ${archives} ${shippedIn.join(', ')}`
}

export function missingSection(view: PlanView): Section {
  const { plan, style, width } = view
  const entries = (plan.missing ?? []).map(each => [
    ...wrap(`  ! ${printable(shortDestination(plan.target, each.destination))}`, width, 4).map(style.warning),
    ...wrap(`    ${missingReason(each)}`, width, 2),
  ])
  return textSection(MISSING_TITLE, entries, view)
}

/** Images named in the result of an apply; the plan has all of them. */
const NAMED = 10

/** For the end of an apply: how many, and the first of them. */
export function missingLines(
  { target, missing = [] }: Pick<Plan, 'target' | 'missing'>,
  width: number,
): readonly string[] {
  if (missing.length === 0) return []
  const more = missing.length - NAMED
  return [
    `${countOf(missing.length, 'image')} could not be brought, because content is missing:`,
    ...missing
      .slice(0, NAMED)
      .flatMap(each =>
        wrap(
          `  ! ${printable(formatDestination(target, each.destination))}: ${missingReason(each)}`,
          width,
          4,
        ),
      ),
    ...(more > 0 ? [`  … ${more} more: the plan lists them all`] : []),
    '',
  ]
}

/** What to do about it: other tools know no shopping list. */
export function waysToMissing({ from = [] }: Pick<Plan, 'from'>): string {
  return from.some(source => 'tool' in source)
    ? 'Name the earlier archives as well, each with a --from of its own, or import them first'
    : 'Import the archives that are missing, or ask for the rest with --shopping-list FILE'
}

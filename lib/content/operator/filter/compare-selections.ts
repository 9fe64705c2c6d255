/** Where the other rule set would keep other bundles of a package: one line of what each keeps. */
import type { CatalogPackage } from '../model.ts'
import { filterPackage } from './filter-package.ts'
import { listed } from './listing.ts'
import type { KeptPackage, OperatorSelection, PackageRequest } from './request.ts'

export function otherSelection(selection: OperatorSelection): OperatorSelection {
  return selection === 'documented' ? 'connected' : 'documented'
}

/** undefined where both keep the same. @param request as of `filterPackage` */
export function differenceRemark(
  source: CatalogPackage,
  request: PackageRequest | undefined,
  full: boolean,
  selection: OperatorSelection,
  kept: KeptPackage,
): string | undefined {
  const other = otherSelection(selection)
  const theirs = filterPackage(source, request, full, other)
  const begin = `package ${source.name}: ${selection} keeps ${bundlesText(kept)}, ${other} would`
  if (theirs.kept === undefined) {
    const [problem] = theirs.problems
    const channel = problem?.channel === undefined ? '' : `channel ${problem.channel}: `
    return `${begin} refuse it (${channel}${problem?.text})`
  }
  if (namesOf(kept) === namesOf(theirs.kept)) return undefined
  return `${begin} keep ${bundlesText(theirs.kept, '')}`
}

function namesOf({ bundles }: KeptPackage): string {
  return bundles.map(({ bundle }) => bundle.name).join('\n')
}

/** `1 bundle (2.0.0)`, `2 (2.0.0, 2.1.0)` */
function bundlesText({ bundles }: KeptPackage, noun = bundles.length === 1 ? ' bundle' : ' bundles'): string {
  const versions = listed(bundles.map(({ bundle }) => bundle.version))
  return bundles.length === 0 ? 'none' : `${bundles.length}${noun} (${versions})`
}

/** What was chosen of a catalog, for whoever reviews the plan: the catalog itself, then each package with its bundles. */
import type { Digest } from '../../oci/digest.ts'
import type { Selection } from '../selection.ts'
import type { FilteredCatalog, KeptPackage } from './filter/index.ts'

export interface ChosenCatalog {
  /** As origins name it. */
  readonly name: string
  readonly digest: Digest
  /** The tag that names the digest now; absent where the image set names the digest. */
  readonly tag?: string
  readonly filtered: FilteredCatalog
  /** What a reviewer should weigh of the catalog as a whole. */
  readonly remarks: readonly string[]
}

export function catalogSelections({
  name,
  digest,
  tag,
  filtered,
  remarks,
}: ChosenCatalog): readonly Selection[] {
  const { packages, isWhole } = filtered
  const bundles = packages.reduce((sum, each) => sum + each.bundles.length, 0)
  const what = isWhole ? 'as it is' : 'rebuilt'
  const pinned = tag === undefined ? 'named by the image set' : `what ${tag} names now`
  const size = `${counted(packages.length, 'package')}, ${counted(bundles, 'bundle')}`
  return [
    {
      title: `catalog ${name}`,
      kept: [{ name: digest, why: `${pinned}; ${what}: ${size}` }],
      remarks: [...filtered.remarks, ...remarks],
    },
    ...(isWhole ? [] : packages.map(each => packageSelection(name, each))),
  ]
}

function packageSelection(catalog: string, { name, bundles }: KeptPackage): Selection {
  return {
    title: `package ${name}, catalog ${catalog}`,
    kept: bundles.map(({ bundle, why }) => ({ name: bundle.name, why })),
    remarks: [],
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

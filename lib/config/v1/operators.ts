/** `mirror.operators` of an image set of oc-mirror v1 -> the catalogs it asks for, named as v1 names them. */
import { type Entry, fieldOf, itemsOf } from '../entry.ts'
import { type OperatorSection, readPackage } from '../operator-section.ts'
import type { ProblemList } from '../problem-list.ts'
import { checkUnique } from '../version-rules.ts'
import { readV1CatalogName } from './catalog-name.ts'
import { checkV1Package, joinPackages } from './package-rules.ts'

/** Adds what is wrong to `problems`; entries that cannot be read at all are left out. */
export function readV1Operators(
  mirror: Entry | undefined,
  path: string,
  problems: ProblemList,
): readonly OperatorSection[] {
  const read = itemsOf(mirror, 'operators').map(item => ({
    item,
    section: readOperator(item, path, problems),
  }))
  const named = read.flatMap(({ item, section }) => {
    const at = fieldOf(item, 'catalog')
    return section?.v1 === undefined || at === undefined ? [] : [{ at, name: section.v1.uniqueName }]
  })
  checkUnique(named, 'the catalog', problems)
  return read.flatMap(({ section }) => section ?? [])
}

function readOperator(item: Entry, path: string, problems: ProblemList): OperatorSection | undefined {
  const packages = itemsOf(item, 'packages').flatMap(at => {
    checkV1Package(at, problems)
    const wanted = readPackage(at, path, problems)
    return wanted === undefined ? [] : [{ at, wanted }]
  })
  const joined = joinPackages(packages, problems)
  const name = readV1CatalogName(item, problems)
  if (name === undefined) return undefined
  const { uniqueName, ...section } = name
  return {
    ...section,
    packages: joined,
    full: fieldOf(item, 'full')?.value === true,
    skipDependencies: fieldOf(item, 'skipDependencies')?.value === true,
    platforms: [],
    place: `${path}:${problems.lineOf(item.pointer)}`,
    v1: { uniqueName },
  }
}

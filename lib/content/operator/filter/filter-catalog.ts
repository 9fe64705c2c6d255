/**
 * A catalog and what an image set asks of it → what is kept, each bundle with its reason, or everything that is wrong with
 * the question. Pure: the same catalog and question give the same answer, whatever the order of the catalog's documents.
 */
import type { CatalogModel, CatalogPackage } from '../model.ts'
import { differenceRemark, otherSelection } from './compare-selections.ts'
import { FilterError, type FilterProblem } from './filter-error.ts'
import { type FilteredPackage, filterPackage } from './filter-package.ts'
import { hintForName, listed } from './listing.ts'
import type {
  FilteredCatalog,
  FilterOptions,
  FilterRequest,
  KeptPackage,
  OperatorSelection,
  PackageRequest,
} from './request.ts'
import { compareText, compareVersions } from './versions.ts'

/**
 * The rules: "How filtering works in the operator catalog" (documented), oc-mirror's catalog filter (connected).
 *
 * @throws FilterError with every problem
 */
export function filterCatalog(
  model: CatalogModel,
  request: FilterRequest,
  selection: OperatorSelection,
  options: FilterOptions,
): FilteredCatalog {
  if (model.packages.length === 0) throw new FilterError(options.name, [{ text: 'it has no packages' }])
  if (request.packages.length > 0) return filterNamed(model, request, selection, options)
  if (request.full) return { packages: model.packages.map(wholePackage), isWhole: true, remarks: [] }
  const heads = model.packages.map(source => withHint(filterPackage(source, undefined, false, selection)))
  return together(heads, [], differencesOfHeads(model.packages, heads, selection), options)
}

/** Packages that differ are told one by one up to here; a catalog of hundreds in one line. */
const DIFFERENCES_TOLD = 10

function differencesOfHeads(
  packages: readonly CatalogPackage[],
  heads: readonly FilteredPackage[],
  selection: OperatorSelection,
): readonly string[] {
  const differences = packages.flatMap((source, at) => {
    const kept = heads[at]?.kept
    const remark = kept && differenceRemark(source, undefined, false, selection, kept)
    return remark === undefined ? [] : [{ name: source.name, remark }]
  })
  if (differences.length <= DIFFERENCES_TOLD) return differences.map(({ remark }) => remark)
  const names = listed(differences.map(({ name }) => name))
  return [
    `${otherSelection(selection)} would keep other bundles of ${differences.length} packages (${names}); of a package that the image set names, the plan says which`,
  ]
}

function filterNamed(
  model: CatalogModel,
  request: FilterRequest,
  selection: OperatorSelection,
  options: FilterOptions,
): FilteredCatalog {
  const byName = new Map(model.packages.map(each => [each.name, each]))
  const problems: FilterProblem[] = [...namedTwice(request.packages)]
  const remarks: string[] = []
  const missing = request.packages.filter(({ name }) => !byName.has(name))
  if (options.allowMissingPackages && missing.length < request.packages.length)
    remarks.push(...missing.map(({ name }) => `package ${name}: it is not in the catalog, and left out`))
  else problems.push(...missing.map(each => unknownPackage(each, [...byName.keys()])))
  const filtered = request.packages.flatMap((written): readonly FilteredPackage[] => {
    const source = byName.get(written.name)
    if (source === undefined) return []
    const asked = options.allowMissingPackages ? withoutMissing(written, source, remarks) : written
    const result = filterPackage(source, asked, request.full, selection)
    if (result.kept === undefined) return [result]
    const difference = differenceRemark(source, asked, request.full, selection, result.kept)
    return [difference === undefined ? result : { ...result, remarks: [difference, ...result.remarks] }]
  })
  return together(filtered, problems, remarks, options)
}

function together(
  filtered: readonly FilteredPackage[],
  problems: readonly FilterProblem[],
  remarks: readonly string[],
  options: FilterOptions,
): FilteredCatalog {
  const all = [...problems, ...filtered.flatMap(each => each.problems)]
  if (all.length > 0) throw new FilterError(options.name, all)
  return {
    packages: filtered.flatMap(({ kept }) => kept ?? []).sort((a, b) => compareText(a.name, b.name)),
    isWhole: false,
    remarks: [...remarks, ...filtered.flatMap(each => each.remarks)],
  }
}

/** One package at fault keeps a whole catalog from being mirrored by its heads. */
function withHint(filtered: FilteredPackage): FilteredPackage {
  const hint = 'list the packages you need: others are then not looked at'
  return { ...filtered, problems: filtered.problems.map(problem => ({ ...problem, hint })) }
}

function namedTwice(packages: readonly PackageRequest[]): readonly FilterProblem[] {
  const seen = new Set<string>()
  return packages
    .filter(({ name }) => seen.size === seen.add(name).size)
    .map(asked => ({
      ...placeOf(asked),
      package: asked.name,
      text: 'it is named twice',
      hint: 'join the two',
    }))
}

/** Without channels that are not there, each told; as written where none is. */
function withoutMissing(asked: PackageRequest, source: CatalogPackage, remarks: string[]): PackageRequest {
  const isThere = (name: string) => source.channels.some(channel => channel.name === name)
  const channels = asked.channels.filter(({ name }) => isThere(name))
  if (channels.length === 0) return asked
  for (const { name } of asked.channels.filter(each => !isThere(each.name)))
    remarks.push(`package ${asked.name}: channel ${name} is not in the catalog, and left out`)
  return { ...asked, channels }
}

function unknownPackage(asked: PackageRequest, known: readonly string[]): FilterProblem {
  return {
    ...placeOf(asked),
    text: `package "${asked.name}" is not in the catalog`,
    hint: `${hintForName(asked.name, known, 'packages of the catalog')}; --allow-missing-packages leaves it out`,
  }
}

function placeOf({ place }: PackageRequest): Pick<FilterProblem, 'place'> {
  return place === undefined ? {} : { place }
}

function wholePackage({ name, defaultChannel, channels, bundles }: CatalogPackage): KeptPackage {
  const channelsOf = new Map<string, string[]>()
  for (const channel of channels)
    for (const entry of new Set(channel.entries.map(each => each.name)))
      channelsOf.set(entry, [...(channelsOf.get(entry) ?? []), channel.name])
  return {
    name,
    ...(defaultChannel !== undefined && { defaultChannel }),
    channels,
    bundles: [...bundles.values()]
      .map(bundle => ({
        bundle,
        channels: channelsOf.get(bundle.name) ?? [],
        why: 'all of the catalog (full)',
      }))
      .sort(
        (a, b) =>
          compareVersions(a.bundle.version, b.bundle.version) || compareText(a.bundle.name, b.bundle.name),
      ),
  }
}

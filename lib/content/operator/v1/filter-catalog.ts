/**
 * A catalog and what an image set of oc-mirror v1 asks of it → what is kept, each bundle with its reason, or everything
 * that is wrong with the question. Pure, and unlike v1 the same whenever it is asked.
 *
 * Heads of channels, and since an earlier run all from where that began; versions of a range; whatever the kept bundles
 * need of others. What is left has to be a catalog that OLM serves: one head in each channel, and a default channel.
 */
import { faultText, graphFaults } from '../filter/channel-graph.ts'
import { FilterError, type FilterProblem } from '../filter/filter-error.ts'
import { filterCatalog } from '../filter/index.ts'
import { hintForName } from '../filter/listing.ts'
import type { FilteredCatalog, FilterOptions, KeptPackage } from '../filter/request.ts'
import { compareText, compareVersions } from '../filter/versions.ts'
import type { CatalogModel, CatalogPackage } from '../model.ts'
import { defaultChannelV1 } from './default-channel.ts'
import { addDependencies } from './dependencies.ts'
import { filterPackageV1, type Picks } from './filter-package.ts'
import type { StartOf, V1CatalogRequest, V1PackageRequest } from './request.ts'

/** @throws FilterError with every problem */
export function filterCatalogV1(
  model: CatalogModel,
  request: V1CatalogRequest,
  startOf: StartOf,
  options: FilterOptions,
): FilteredCatalog {
  const isEverything = request.packages.length === 0 && request.full
  if (isEverything || model.packages.length === 0)
    return filterCatalog(model, { full: request.full, packages: [] }, 'connected', options)
  const byName = Map.groupBy(request.packages, ({ name }) => name)
  const named = model.packages.filter(({ name }) => byName.size === 0 || byName.has(name))
  const missing = request.packages.filter(({ name }) => !model.packages.some(each => each.name === name))
  const isForgiven = options.allowMissingPackages && named.length > 0
  const filtered = named.map(({ name, ...rest }) => ({
    name,
    ...filterPackageV1({ name, ...rest }, byName.get(name) ?? [], request.full, startOf),
  }))
  refuse(options, [
    ...(isForgiven ? [] : missing.map(each => unknownPackage(each, model))),
    ...filtered.flatMap(({ problems }) => problems),
  ])
  const picked = new Map(filtered.map(({ name, picks }) => [name, picks]))
  const { picked: all, remarks } = request.skipDependencies
    ? { picked, remarks: [] }
    : addDependencies(model, picked)
  const finished = model.packages.flatMap(source => {
    const picks = all.get(source.name)
    return picks === undefined || picks.size === 0
      ? []
      : [finish(source, picks, byName.get(source.name) ?? [])]
  })
  refuse(
    options,
    finished.flatMap(({ problems }) => problems),
  )
  return {
    packages: finished.map(({ kept }) => kept),
    isWhole: false,
    remarks: [
      ...(isForgiven
        ? missing.map(({ name }) => `package ${name}: it is not in the catalog, and left out`)
        : []),
      ...filtered.flatMap(each => each.remarks),
      ...finished.flatMap(each => each.remarks),
      ...remarks,
    ],
  }
}

function refuse({ name }: FilterOptions, problems: readonly FilterProblem[]): void {
  if (problems.length > 0) throw new FilterError(name, problems)
}

interface FinishedPackage {
  readonly kept: KeptPackage
  readonly problems: readonly FilterProblem[]
  readonly remarks: readonly string[]
}

function finish(
  source: CatalogPackage,
  picks: Picks,
  requests: readonly V1PackageRequest[],
): FinishedPackage {
  const place = requests.find(request => request.place !== undefined)?.place
  const at = { ...(place !== undefined && { place }), package: source.name }
  const channels = source.channels.flatMap(({ name, entries }) => {
    const names = picks.get(name)
    if (names === undefined) return []
    const kept = entries.filter(entry => names.has(entry.name))
    return [{ name, entries: kept, faults: graphFaults(kept), isWhole: kept.length === entries.length }]
  })
  const broken = channels.filter(({ isWhole }) => !isWhole)
  const asIs = channels.filter(({ isWhole }) => isWhole)
  const names = channels.map(({ name }) => name)
  const main = defaultChannelV1(source, names, requests)
  return {
    kept: {
      name: source.name,
      ...('name' in main && main.name !== undefined && { defaultChannel: main.name }),
      channels: channels.map(({ name, entries }) => ({ name, entries })),
      bundles: bundlesOf(source, picks),
    },
    problems: [
      ...broken.flatMap(({ name, faults }) =>
        faults.map(fault => ({
          ...at,
          channel: name,
          text: `of what is kept ${faultText(fault)}`,
          hint: 'choose a range whose newest version replaces or skips all others, or only minVersion, which goes up to the head',
        })),
      ),
      ...('problem' in main ? [{ ...at, ...main.problem }] : []),
    ],
    remarks: asIs.flatMap(({ name, faults }) =>
      faults.map(
        fault =>
          `package ${source.name}, channel ${name}: ${faultText(fault)}; all of it is kept, as the catalog has it`,
      ),
    ),
  }
}

function bundlesOf(source: CatalogPackage, picks: Picks): KeptPackage['bundles'] {
  return [...source.bundles.values()]
    .flatMap(bundle => {
      const having = [...picks].filter(([, entries]) => entries.has(bundle.name))
      if (having.length === 0) return []
      const reasons = new Set(having.flatMap(([, entries]) => entries.get(bundle.name) ?? []))
      const channels = having.map(([name]) => name).sort(compareText)
      return [{ bundle, channels, why: [...reasons].join(', ') }]
    })
    .sort(
      (a, b) =>
        compareVersions(a.bundle.version, b.bundle.version) || compareText(a.bundle.name, b.bundle.name),
    )
}

function unknownPackage({ name, place }: V1PackageRequest, { packages }: CatalogModel): FilterProblem {
  const known = packages.map(each => each.name)
  return {
    ...(place !== undefined && { place }),
    text: `package "${name}" is not in the catalog`,
    hint: `${hintForName(name, known, 'packages of the catalog')}; --allow-missing-packages leaves it out`,
  }
}

/**
 * Bundles that are kept → bundles of other packages that they need and that nothing kept gives them (oc-mirror v1): the
 * newest that serves an API or satisfies a range, from the default channel where it has one, and all from there to the
 * head of its channel. What these need in turn is added as well.
 *
 * Where several packages serve an API, v1 takes one by chance. Here it is one that is kept already, else the first by name.
 */
import { channelHeads, headFaults } from '../filter/channel-graph.ts'
import { type KnownEntry, knownChannel } from '../filter/known-channel.ts'
import { listed } from '../filter/listing.ts'
import { parseSkipRange } from '../filter/skip-range.ts'
import { compareVersions, parseVersion } from '../filter/versions.ts'
import type { BundleNeed, CatalogBundle, CatalogModel, CatalogPackage } from '../model.ts'
import { joinPicks, type Picks } from './filter-package.ts'
import { updatePath } from './update-path.ts'

export interface WithDependencies {
  /** By package. */
  readonly picked: ReadonlyMap<string, Picks>
  /** What nothing in the catalog gives, each one line. */
  readonly remarks: readonly string[]
}

export function addDependencies(
  { packages }: CatalogModel,
  picked: ReadonlyMap<string, Picks>,
): WithDependencies {
  const byName = new Map(packages.map(each => [each.name, each]))
  const all = new Map(picked)
  const lacking = new Map<string, Set<string>>()
  const open = [...picked].flatMap(([name, picks]) => bundlesIn(byName.get(name), picks))
  for (let bundle = open.shift(); bundle !== undefined; bundle = open.shift()) {
    for (const need of bundle.relations?.needs ?? []) {
      if (isMet(need, byName, all)) continue
      const source = providerOf(need, packages, all)
      if (source === undefined) {
        const text = needText(need)
        lacking.set(text, (lacking.get(text) ?? new Set()).add(bundle.name))
        continue
      }
      const added = pathFrom(source, each => meets(each, source.name, need), `needed by ${bundle.name}`)
      open.push(...bundlesIn(source, added))
      all.set(source.name, joinPicks([all.get(source.name) ?? new Map(), added]))
    }
  }
  return {
    picked: all,
    remarks: [...lacking].map(
      ([what, bundles]) => `nothing in the catalog provides ${what}, which ${listed([...bundles])} needs`,
    ),
  }
}

function bundlesIn(source: CatalogPackage | undefined, picks: Picks): readonly CatalogBundle[] {
  const names = new Set([...picks.values()].flatMap(entries => [...entries.keys()]))
  return [...names].flatMap(name => source?.bundles.get(name) ?? [])
}

function isMet(
  need: BundleNeed,
  byName: ReadonlyMap<string, CatalogPackage>,
  all: ReadonlyMap<string, Picks>,
): boolean {
  for (const [name, picks] of all)
    if (bundlesIn(byName.get(name), picks).some(bundle => meets(bundle, name, need))) return true
  return false
}

function meets(bundle: CatalogBundle, owner: string, need: BundleNeed): boolean {
  if (need.kind === 'api') return bundle.relations?.provides.includes(need.api) ?? false
  const version = parseVersion(bundle.version)
  return need.package === owner && version !== undefined && parseSkipRange(need.range)(version)
}

/** @param packages sorted by name */
function providerOf(
  need: BundleNeed,
  packages: readonly CatalogPackage[],
  all: ReadonlyMap<string, Picks>,
): CatalogPackage | undefined {
  const able = packages.filter(({ name, channels, bundles }) =>
    channels.some(({ entries }) =>
      entries.some(entry => {
        const bundle = bundles.get(entry.name)
        return bundle !== undefined && meets(bundle, name, need)
      }),
    ),
  )
  return able.find(({ name }) => all.has(name)) ?? able[0]
}

/** From the newest that fits to the head, but for what the head skips. */
function pathFrom(source: CatalogPackage, fits: (bundle: CatalogBundle) => boolean, why: string): Picks {
  const found = source.channels.flatMap(channel => {
    const known = knownChannel(source, channel, source.defaultChannel)
    const [newest] = known.entries
      .filter(({ bundle }) => bundle !== undefined && fits(bundle))
      .toSorted((a, b) => compareVersions(versionOf(b), versionOf(a)))
    return newest === undefined ? [] : [{ ...known, newest }]
  })
  const [best] = found.toSorted(
    (a, b) =>
      Number(b.isDefault) - Number(a.isDefault) || compareVersions(versionOf(b.newest), versionOf(a.newest)),
  )
  if (best === undefined) return new Map()
  const { entries, newest, name } = best
  const [head] = channelHeads(entries)
  const skips = entries.find(entry => entry.name === head)?.skips ?? []
  const path =
    head === undefined || headFaults(entries).length > 0
      ? [newest.name]
      : [...updatePath(entries, newest.name, head)].filter(each => !skips.includes(each))
  return new Map([[name, new Map(path.map(each => [each, [why]]))]])
}

function versionOf({ bundle }: KnownEntry): string {
  return bundle?.version ?? ''
}

function needText(need: BundleNeed): string {
  if (need.kind === 'api') return `the API ${need.api}`
  return `package ${need.package}${need.range === '' ? '' : ` in the versions ${need.range}`}`
}

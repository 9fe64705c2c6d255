/**
 * A catalog and what is kept of it → the catalog that is left: what a rebuilt catalog image must read back to.
 *
 * Deprecations of what is gone go with it: a catalog that deprecates a channel or bundle it does not have is not served.
 */
import type { CatalogModel, CatalogPackage, Deprecation } from '../model.ts'
import type { FilteredCatalog, KeptPackage } from './request.ts'

export function filteredModel(model: CatalogModel, filtered: FilteredCatalog): CatalogModel {
  if (filtered.isWhole) return model
  const kept = new Map(filtered.packages.map(each => [each.name, each]))
  return {
    packages: model.packages.flatMap(source => {
      const rest = kept.get(source.name)
      return rest === undefined ? [] : [packageLeft(source, rest)]
    }),
  }
}

function packageLeft(source: CatalogPackage, kept: KeptPackage): CatalogPackage {
  const bundles = new Map(
    kept.bundles
      .map(({ bundle }) => bundle)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(bundle => [bundle.name, bundle]),
  )
  const channels = new Set(kept.channels.map(({ name }) => name))
  return {
    name: source.name,
    ...(kept.defaultChannel !== undefined && { defaultChannel: kept.defaultChannel }),
    channels: kept.channels,
    bundles,
    deprecations: source.deprecations.filter(each => isLeft(each, channels, bundles)),
  }
}

function isLeft(
  { what }: Deprecation,
  channels: ReadonlySet<string>,
  bundles: ReadonlyMap<string, unknown>,
): boolean {
  switch (what.schema) {
    case 'olm.package':
      return true
    case 'olm.channel':
      return channels.has(what.name)
    case 'olm.bundle':
      return bundles.has(what.name)
    default:
      return what satisfies never
  }
}

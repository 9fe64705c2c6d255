/**
 * Two catalogs -> whether they say the same: packages, channels and their updates, bundles and their images, deprecations.
 * In which order and files their documents stand, and what else is in them (icons, descriptions), does not count.
 */
import { compareText } from '../../target.ts'
import type { CatalogModel, CatalogPackage } from './model.ts'

export function isSameCatalog(a: CatalogModel, b: CatalogModel): boolean {
  return wordsOf(a) === wordsOf(b)
}

function wordsOf({ packages }: CatalogModel): string {
  return JSON.stringify(sorted(packages.map(packageWords)))
}

function packageWords({ name, defaultChannel, channels, bundles, deprecations }: CatalogPackage) {
  return [
    name,
    defaultChannel ?? null,
    sorted(
      channels.map(channel => [
        channel.name,
        channel.priority ?? null,
        sorted(
          channel.entries.map(entry => [
            entry.name,
            entry.replaces ?? null,
            sorted(entry.skips),
            entry.skipRange ?? null,
          ]),
        ),
      ]),
    ),
    sorted(
      [...bundles.values()].map(({ relatedImages, relations, ...bundle }) => [
        bundle.name,
        bundle.version,
        bundle.image,
        sorted(relatedImages.map(related => [related.name, related.image])),
        relations ?? null,
      ]),
    ),
    sorted(deprecations),
  ]
}

function sorted(values: readonly unknown[]): readonly unknown[] {
  return values.toSorted((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)))
}

/**
 * Which channel is the default one of what is kept (oc-mirror v1): the catalog's own where it is kept; else the one that
 * the image set sets, the only one it names, or the one with the highest priority.
 */
import type { FilterProblem } from '../filter/filter-error.ts'
import { listed } from '../filter/listing.ts'
import type { CatalogPackage } from '../model.ts'
import type { V1PackageRequest } from './request.ts'

export type DefaultChannel = { readonly name?: string } | { readonly problem: FilterProblem }

/** @param kept names of channels, sorted; at least one */
export function defaultChannelV1(
  source: CatalogPackage,
  kept: readonly string[],
  requests: readonly V1PackageRequest[],
): DefaultChannel {
  const { defaultChannel } = source
  if (defaultChannel !== undefined && kept.includes(defaultChannel)) return { name: defaultChannel }
  const set = requests.flatMap(request => request.defaultChannel ?? []).find(name => kept.includes(name))
  const named = new Set(requests.flatMap(({ channels }) => channels.map(({ name }) => name)))
  const [only] = named.size === 1 ? named : kept.length === 1 ? kept : []
  const found = set ?? (only !== undefined && kept.includes(only) ? only : undefined) ?? highest(source, kept)
  if (found !== undefined) return { name: found }
  if (defaultChannel === undefined) return {}
  return {
    problem: {
      text: `its default channel ${defaultChannel} is not among those kept (${listed(kept)})`,
      hint: `name channel ${defaultChannel} as well, or set defaultChannel to one of ${kept.join(', ')}`,
    },
  }
}

function highest({ channels }: CatalogPackage, kept: readonly string[]): string | undefined {
  const ranked = channels.flatMap(({ name, priority }) =>
    priority !== undefined && kept.includes(name) ? [{ name, priority }] : [],
  )
  return ranked.toSorted((a, b) => b.priority - a.priority)[0]?.name
}

/** Small catalogs for tests, drawn as text: one line for each entry of a channel. */
import { DEMO_OPERATORS } from '../../../../../testdata/catalogs.ts'
import type { CatalogBundle, CatalogModel, CatalogPackage, ChannelEntry } from '../../model.ts'
import { filterCatalog } from '../filter-catalog.ts'
import { FilterError } from '../filter-error.ts'
import type {
  FilteredCatalog,
  FilterRequest,
  KeptPackage,
  OperatorSelection,
  PackageRequest,
} from '../request.ts'
import { compareText } from '../versions.ts'

/** Channel → entries: `1.2.0 replaces 1.1.0 skips 1.1.1,1.1.2 range >=1.0.0 <1.2.0`. */
export type ChannelSketch = Readonly<Record<string, readonly string[]>>

/** The bundle of version X of package P is called `P.vX`. */
export function sketchPackage(
  name: string,
  defaultChannel: string | undefined,
  channels: ChannelSketch,
): CatalogPackage {
  const bundles = new Map<string, CatalogBundle>()
  const drawn = Object.entries(channels).map(([channel, lines]) => ({
    name: channel,
    entries: lines.map(line => sketchEntry(name, line, bundles)),
  }))
  return {
    name,
    ...(defaultChannel !== undefined && { defaultChannel }),
    channels: drawn.toSorted((a, b) => compareText(a.name, b.name)),
    bundles,
    deprecations: [],
  }
}

export function sketchCatalog(...packages: readonly CatalogPackage[]): CatalogModel {
  return { packages: packages.toSorted((a, b) => compareText(a.name, b.name)) }
}

function sketchEntry(name: string, line: string, bundles: Map<string, CatalogBundle>): ChannelEntry {
  const match = /^(\S+)(?: replaces (\S+))?(?: skips (\S+))?(?: range (.+))?$/.exec(line)
  const [, version = '', replaces, skips, skipRange] = match ?? []
  const bundle = `${name}.v${version}`
  bundles.set(bundle, {
    name: bundle,
    version,
    image: `registry.example/${name}/bundle:${version.replace('+', '_')}`,
    relatedImages: [],
  })
  return {
    name: bundle,
    ...(replaces !== undefined && { replaces: `${name}.v${replaces}` }),
    skips: skips?.split(',').map(each => `${name}.v${each}`) ?? [],
    ...(skipRange !== undefined && { skipRange }),
  }
}

/** The demo catalog of the scenarios. */
export const DEMO = sketchCatalog(
  ...DEMO_OPERATORS.map(({ name, defaultChannel, channels }) =>
    sketchPackage(name, defaultChannel, channels),
  ),
)

/** A package as many real ones are: z-streams that skip each other, minor releases joined by skipRange. */
export const STREAMS = sketchCatalog(
  sketchPackage('storage', 'stable-4.17', {
    'stable-4.16': [
      '4.16.0 range >=4.15.0 <4.16.0',
      '4.16.1 replaces 4.16.0 range >=4.15.0 <4.16.1',
      '4.16.2 replaces 4.16.1 skips 4.16.0 range >=4.15.0 <4.16.2',
    ],
    'stable-4.17': [
      '4.16.2 range >=4.15.0 <4.16.2',
      '4.17.0 replaces 4.16.2 range >=4.16.0 <4.17.0',
      '4.17.1 replaces 4.16.2 skips 4.17.0 range >=4.16.0 <4.17.1',
      '4.17.2 replaces 4.17.1 skips 4.17.0 range >=4.16.0 <4.17.2',
    ],
  }),
  sketchPackage('logging', 'stable', {
    stable: ['5.8.0', '5.8.1-0.1 replaces 5.8.0', '5.8.1 replaces 5.8.1-0.1', '5.9.0+2 replaces 5.8.1'],
  }),
)

export interface Wish {
  readonly full?: boolean
  readonly packages?: readonly (Partial<PackageRequest> & { readonly name: string })[]
}

export function requestOf({ full = false, packages = [] }: Wish): FilterRequest {
  return { full, packages: packages.map(each => ({ channels: [], bundles: [], ...each })) }
}

export function filter(model: CatalogModel, wish: Wish, selection: OperatorSelection): FilteredCatalog {
  return filterCatalog(model, requestOf(wish), selection, { name: 'C', allowMissingPackages: false })
}

/** `widget 1.0.0 1.1.0`, packages joined by `; `. */
export function keptText({ packages }: FilteredCatalog): string {
  const text = ({ name, bundles }: KeptPackage) =>
    `${name} ${bundles.map(({ bundle }) => bundle.version).join(' ')}`
  return packages.map(text).join('; ')
}

/** `stable: 1.0.0 1.1.0`, channels joined by `; `, of the only package. */
export function channelsText({ packages }: FilteredCatalog): string {
  return packages
    .flatMap(({ channels, defaultChannel }) =>
      channels.map(({ name, entries }) => {
        const versions = entries.map(entry => entry.name.replace(/^.*?\.v/, ''))
        return `${name}${name === defaultChannel ? '*' : ''}: ${versions.join(' ')}`
      }),
    )
    .join('; ')
}

/** What is kept, or `refused: ` and the problems with their hints. */
export function outcome(run: () => FilteredCatalog): string {
  try {
    return keptText(run())
  } catch (error) {
    if (error instanceof FilterError) return `refused: ${error.message}\nHint: ${error.hint}`
    throw error
  }
}

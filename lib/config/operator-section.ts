/**
 * `mirror.operators` -> which catalogs are asked for and what of them: packages, channels, ranges and bundles as written,
 * references and destinations parsed. What must hold beyond that is `operator-rules.ts`.
 */
import { SyntaxFault } from '../errors.ts'
import type { Platform } from '../oci/platform.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'
import { type Entry, fieldOf, itemsOf, textOf } from './entry.ts'
import { parseImageSource } from './image-source.ts'
import { readPlatforms } from './platforms.ts'
import type { ProblemList } from './problem-list.ts'
import type { V1Catalog } from './v1/settings.ts'
import { hasRange, namedBy } from './version-rules.ts'

/** One catalog of an image set. */
export interface OperatorSection {
  /** As written. */
  readonly catalog: string
  readonly source: ImageSource
  /** In the order of the image set; empty means all packages of the catalog. */
  readonly packages: readonly OperatorPackage[]
  /** Every bundle of what is chosen, not only heads of channels. */
  readonly full: boolean
  /** Accepted and without effect; it takes part in oc-mirror's filter hash. */
  readonly skipDependencies: boolean
  /** Repository at the destination, in place of the source's. */
  readonly targetCatalog?: RepositoryPath
  readonly targetTag?: Tag
  /** A file, as written, to make the CatalogSource from. */
  readonly targetCatalogSourceTemplate?: string
  /** Of the catalog and all its images; empty means all. */
  readonly platforms: readonly Platform[]
  /** Where the catalog stands, for messages: `imageset.yaml:12`. */
  readonly place: string
  /** Present in an image set of oc-mirror v1, whose rules of selection and names then hold. */
  readonly v1?: V1Catalog
}

export interface OperatorPackage {
  readonly name: string
  /** In the mirrored catalog, in place of the catalog's own. */
  readonly defaultChannel?: string
  /** As written: versions may be short (`4.16`) and begin with `v`. */
  readonly minVersion?: string
  readonly maxVersion?: string
  /** A bundle by name, in place of `minVersion`: oc-mirror v1 only. */
  readonly minBundle?: string
  /** Empty means all channels, as far as the rules of filtering look at them. */
  readonly channels: readonly OperatorChannel[]
  /** Names of bundles; empty means that none is named. */
  readonly bundles: readonly string[]
  /** `imageset.yaml:14` */
  readonly place: string
}

export interface OperatorChannel {
  readonly name: string
  readonly minVersion?: string
  readonly maxVersion?: string
  /** oc-mirror v1 only. */
  readonly minBundle?: string
}

/** Adds what is wrong to `problems`; entries that cannot be read at all are left out. */
export function readOperators(
  mirror: Entry | undefined,
  path: string,
  problems: ProblemList,
): readonly OperatorSection[] {
  return itemsOf(mirror, 'operators').flatMap(item => readOperator(item, path, problems) ?? [])
}

function readOperator(item: Entry, path: string, problems: ProblemList): OperatorSection | undefined {
  const full = fieldOf(item, 'full')?.value === true
  if (full) refuseRanges(item, problems)
  const catalog = textOf(fieldOf(item, 'catalog'))
  if (catalog === undefined) return undefined
  const source = sourceOf(catalog)
  if (source === undefined) return undefined
  const targetCatalog = textOf(fieldOf(item, 'targetCatalog'))
  const targetTag = textOf(fieldOf(item, 'targetTag'))
  const template = textOf(fieldOf(item, 'targetCatalogSourceTemplate'))
  return {
    catalog,
    source,
    packages: itemsOf(item, 'packages').flatMap(each => readPackage(each, path, problems) ?? []),
    full,
    skipDependencies: fieldOf(item, 'skipDependencies')?.value === true,
    ...(targetCatalog !== undefined && isRepositoryPath(targetCatalog) && { targetCatalog }),
    ...(targetTag !== undefined && isTag(targetTag) && { targetTag }),
    ...(template !== undefined && { targetCatalogSourceTemplate: template }),
    platforms: readPlatforms(item),
    place: `${path}:${problems.lineOf(item.pointer)}`,
  }
}

/** One entry of `packages`; undefined where it has no name. */
export function readPackage(item: Entry, path: string, problems: ProblemList): OperatorPackage | undefined {
  const name = textOf(fieldOf(item, 'name'))
  if (name === undefined) return undefined
  const defaultChannel = textOf(fieldOf(item, 'defaultChannel'))
  return {
    name,
    ...(defaultChannel !== undefined && { defaultChannel }),
    ...rangeOf(item),
    channels: itemsOf(item, 'channels').flatMap(channel => {
      const channelName = textOf(fieldOf(channel, 'name'))
      return channelName === undefined ? [] : [{ name: channelName, ...rangeOf(channel) }]
    }),
    bundles: namedBy(itemsOf(item, 'bundles'), 'name').map(bundle => bundle.name),
    place: `${path}:${problems.lineOf(item.pointer)}`,
  }
}

function rangeOf(item: Entry): Omit<OperatorChannel, 'name'> {
  const minVersion = textOf(fieldOf(item, 'minVersion'))?.trim()
  const maxVersion = textOf(fieldOf(item, 'maxVersion'))?.trim()
  const minBundle = textOf(fieldOf(item, 'minBundle'))
  return {
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(minBundle !== undefined && { minBundle }),
  }
}

/** A whole catalog has no range (oc-mirror v2, scenarios 16 and 17). */
function refuseRanges(operator: Entry, problems: ProblemList): void {
  for (const item of itemsOf(operator, 'packages'))
    for (const at of [item, ...itemsOf(item, 'channels')].filter(hasRange)) {
      const bound = fieldOf(at, 'minVersion') ?? fieldOf(at, 'maxVersion') ?? at
      const name = textOf(fieldOf(item, 'name')) ?? ''
      problems.add(
        'rule',
        bound.pointer,
        `the package "${name}" has a version range in a catalog with full: true`,
        {
          at: 'key',
          hint: 'full takes every bundle; delete full or the range',
        },
      )
    }
}

/** What is wrong with it the rules tell. */
function sourceOf(catalog: string): ImageSource | undefined {
  try {
    return parseImageSource(catalog)
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}

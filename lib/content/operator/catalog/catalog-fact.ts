/**
 * The model of a catalog ↔ the bytes it is kept as between runs: a hundredth of the catalog. Bytes that are damaged, or
 * were written by another version of this program, count as not there.
 */
import type { Digest } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import type {
  BundleNeed,
  BundleRelations,
  CatalogBundle,
  CatalogChannel,
  CatalogModel,
  CatalogPackage,
  Deprecation,
} from '../model.ts'

export interface CatalogFact {
  readonly model: CatalogModel
  readonly isSqlite: boolean
  readonly configsRoot: string
}

/** Raised whenever the same catalog comes down to something else. */
const FORMAT = 2

export function factKey(digest: Digest): string {
  return `catalog-${FORMAT}/${digest}`
}

export function encodeCatalog({ model, isSqlite, configsRoot }: CatalogFact): Uint8Array {
  const packages = model.packages.map(({ channels, bundles, ...rest }) => ({
    ...rest,
    channels,
    bundles: [...bundles.values()].map(({ name, version, image, relatedImages, relations }) => [
      name,
      version,
      image,
      relations === undefined ? null : encodeRelations(relations),
      ...relatedImages.flatMap(related => [related.name, related.image]),
    ]),
  }))
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, isSqlite, configsRoot, packages }))
}

/** undefined when the bytes are not what `encodeCatalog` wrote. */
export function decodeCatalog(bytes: Uint8Array): CatalogFact | undefined {
  try {
    const fact: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!isRecord(fact) || fact.format !== FORMAT) return undefined
    return {
      model: { packages: list(fact.packages).map(packageOf) },
      isSqlite: fact.isSqlite === true,
      configsRoot: text(fact.configsRoot),
    }
  } catch {
    return undefined
  }
}

function packageOf(value: unknown): CatalogPackage {
  const { name, defaultChannel, channels, bundles, deprecations } = record(value)
  return {
    name: text(name),
    ...(defaultChannel !== undefined && { defaultChannel: text(defaultChannel) }),
    channels: list(channels).map(channelOf),
    bundles: new Map(list(bundles).map(each => [text(list(each)[0]), bundleOf(list(each))])),
    deprecations: list(deprecations).map(deprecationOf),
  }
}

function channelOf(value: unknown): CatalogChannel {
  const { name, entries, priority } = record(value)
  return {
    name: text(name),
    ...(typeof priority === 'number' && { priority }),
    entries: list(entries).map(entry => {
      const { name, replaces, skips, skipRange } = record(entry)
      return {
        name: text(name),
        ...(replaces !== undefined && { replaces: text(replaces) }),
        skips: list(skips).map(text),
        ...(skipRange !== undefined && { skipRange: text(skipRange) }),
      }
    }),
  }
}

/** Needs as texts alone: an API, or a package and its range. */
function encodeRelations({ provides, needs }: BundleRelations): unknown {
  return [provides, needs.map(need => (need.kind === 'api' ? [need.api] : [need.package, need.range]))]
}

function relationsOf(value: unknown): BundleRelations {
  const [provides, needs] = list(value)
  return {
    provides: list(provides).map(text),
    needs: list(needs).map((each): BundleNeed => {
      const [name, range] = list(each)
      if (range === undefined) return { kind: 'api', api: text(name) }
      return { kind: 'package', package: text(name), range: text(range) }
    }),
  }
}

function bundleOf([name, version, image, relations, ...related]: readonly unknown[]): CatalogBundle {
  const relatedImages = []
  for (let at = 0; at < related.length; at += 2)
    relatedImages.push({ name: text(related[at]), image: text(related[at + 1]) })
  return {
    name: text(name),
    version: text(version),
    image: text(image),
    relatedImages,
    ...(relations !== null && { relations: relationsOf(relations) }),
  }
}

function deprecationOf(value: unknown): Deprecation {
  const { what, message } = record(value)
  const { schema, name } = record(what)
  if (schema === 'olm.package') return { what: { schema }, message: text(message) }
  if (schema !== 'olm.channel' && schema !== 'olm.bundle') throw new TypeError('no schema')
  return { what: { schema, name: text(name) }, message: text(message) }
}

function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new TypeError('no object')
  return value
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('no list')
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text')
  return value
}

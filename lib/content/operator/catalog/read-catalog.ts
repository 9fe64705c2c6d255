/**
 * A catalog image → its model. What is kept between runs is the model alone, by the digest of the image: the same catalog
 * is asked nothing the next time, until its documents are needed.
 */
import { PlanError } from '../../../errors.ts'
import { type FileQuery, readImageFiles } from '../../image-files/index.ts'
import type { Catalog, CatalogContext, CatalogDocument, CatalogSource, OpenCatalog } from './catalog.ts'
import { type CatalogFact, decodeCatalog, encodeCatalog, factKey } from './catalog-fact.ts'
import { type ConfigsPlace, findConfigs } from './find-configs.ts'
import { readCatalogFiles } from './read-files.ts'
import { filesOfDatabase } from './sqlite/files-of-database.ts'

/** The longest known file of a catalog has about 60 MB. */
const MAX_FILE_BYTES = 256 * 1024 ** 2
/** Ten times the largest known catalog. */
const MAX_CONFIGS_BYTES = 2 * 1024 ** 3
/** The largest catalogs that were databases had about 200 MB. */
const MAX_DATABASE_BYTES = 1024 ** 3

/** Where the documents of a catalog go that comes as a database. */
const MADE_CONFIGS = '/configs'

interface ReadContent extends Catalog {
  readonly isSqlite: boolean
  readonly configsRoot: string
}

/**
 * @throws CatalogError for what is wrong in its documents; PlanError when the image is no catalog, or has nothing where
 *   its label says; ImageFault, PlaceError, DigestMismatchError as reading the image does
 */
export async function readCatalog(
  source: CatalogSource,
  context: CatalogContext,
  signal: AbortSignal,
): Promise<OpenCatalog> {
  const key = factKey(source.digest)
  const known = await context.facts.get(key)
  const fact = known && decodeCatalog(known)
  if (fact !== undefined) return openCatalog(source, context, signal, fact)
  const content = await readContent(source, context, signal)
  await context.facts.put(key, encodeCatalog(content))
  return openCatalog(source, context, signal, content, content.documents)
}

function openCatalog(
  source: CatalogSource,
  context: CatalogContext,
  signal: AbortSignal,
  { model, isSqlite, configsRoot }: CatalogFact,
  atHand?: readonly CatalogDocument[],
): OpenCatalog {
  let first = atHand
  async function documents(): Promise<readonly CatalogDocument[]> {
    const handedOver = first
    first = undefined
    return handedOver ?? (await readContent(source, context, signal)).documents
  }
  return { digest: source.digest, model, isSqlite, configsRoot, documents }
}

async function readContent(
  source: CatalogSource,
  context: CatalogContext,
  signal: AbortSignal,
): Promise<ReadContent> {
  const place = await findConfigs(source, context, signal)
  const isSqlite = place.kind === 'database'
  const files = isSqlite
    ? await readDatabase(source, place, context, signal)
    : await readConfigs(source, place, signal)
  const catalog = readCatalogFiles(files, source.name)
  if (catalog.documents.length === 0) throw nothingThere(source.name, place)
  return { ...catalog, isSqlite, configsRoot: isSqlite ? MADE_CONFIGS : `/${place.path}` }
}

async function readConfigs(
  { reader }: CatalogSource,
  { manifest, path }: ConfigsPlace,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = `${path}/`
  const query: FileQuery = {
    wanted: file => file.startsWith(folder),
    maxFileBytes: MAX_FILE_BYTES,
    maxTotalBytes: MAX_CONFIGS_BYTES,
  }
  const files = await readImageFiles(reader, manifest, query, signal)
  return new Map([...files].map(([file, bytes]) => [file.slice(folder.length), bytes]))
}

async function readDatabase(
  { reader, name }: CatalogSource,
  place: ConfigsPlace,
  { openDatabase }: CatalogContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (openDatabase === undefined)
    throw new PlanError(`${name} is a database (SQLite), which is not read here`, {
      hint: 'mirror a newer version of the catalog, or one rendered with opm migrate',
    })
  const { manifest, path } = place
  const query: FileQuery = {
    wanted: file => file === path,
    until: [path],
    maxFileBytes: MAX_DATABASE_BYTES,
    maxTotalBytes: MAX_DATABASE_BYTES,
  }
  const bytes = (await readImageFiles(reader, manifest, query, signal)).get(path)
  if (bytes === undefined) throw nothingThere(name, place)
  return filesOfDatabase(bytes, openDatabase, name)
}

function nothingThere(name: string, { label, path }: ConfigsPlace): PlanError {
  return new PlanError(
    `${name}: there is nothing at /${path}, where its label ${label} says that the catalog is`,
    { hint: 'the catalog image was built wrongly: its label and its files do not fit together' },
  )
}

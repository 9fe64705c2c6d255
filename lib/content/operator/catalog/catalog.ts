/**
 * A catalog as it is read: its documents, each as it was written, and the model of packages, channels and bundles they
 * make together. The model is small and kept between runs; documents are most of a catalog's bytes and are only at hand
 * for whoever builds a catalog from them.
 */
import type { Digest } from '../../../oci/digest.ts'
import type { FactCache, ManifestCache, RepositoryReader } from '../../../provider.ts'
import type { CatalogModel } from '../model.ts'

/** One document of a file-based catalog. */
export interface CatalogDocument {
  readonly schema: string
  /** Empty when the document names none; of an `olm.package` its own name. */
  readonly package: string
  /** Empty when the document has none. */
  readonly name: string
  /** Below the root of the configs: `widget/catalog.json`. */
  readonly file: string
  /** Where it starts in the file, from 1. */
  readonly line: number
  /** The document as JSON, no field lost and none moved: of a JSON file the very characters, of YAML what it stands for. */
  text(): string
}

export interface Catalog {
  readonly model: CatalogModel
  /** By file, then as they stand in it. */
  readonly documents: readonly CatalogDocument[]
}

/** A catalog image. */
export interface CatalogSource {
  readonly reader: RepositoryReader
  /** Of the image or of its index. */
  readonly digest: Digest
  /** For messages: `registry.redhat.io/redhat/redhat-operator-index:v4.16`. */
  readonly name: string
}

export interface CatalogContext {
  readonly cache: ManifestCache
  readonly facts: FactCache
  /** Without it a catalog that is a database is an error. */
  readonly openDatabase?: OpenDatabase
}

export interface OpenCatalog {
  readonly digest: Digest
  readonly model: CatalogModel
  /** The image holds a database; its documents are made from it. */
  readonly isSqlite: boolean
  /** The folder of the configs in the image, `/configs`; of a database, where its documents would go. */
  readonly configsRoot: string
  /**
   * Those of the first reading, which are handed over and then forgotten, else the image is read again.
   *
   * @throws as `readCatalog`
   */
  documents(): Promise<readonly CatalogDocument[]>
}

/** A database that only has to be read. */
export interface Database {
  /** All rows of a query, as objects by column. */
  all(sql: string): readonly Readonly<Record<string, unknown>>[]
  close(): void
}

/** @throws when the bytes are no SQLite database. */
export type OpenDatabase = (bytes: Uint8Array) => Promise<Database>

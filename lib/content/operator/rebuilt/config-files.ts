/**
 * Documents of a catalog and what is left of it -> the files that say exactly that: one for each package, and one for what
 * belongs to none (oc-mirror v2, order of documents). A document is as it was written unless something of it had to go.
 */
import { digestOf, hexOf } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import { compareText } from '../../../target.ts'
import type { LayerFile } from '../../image-build/index.ts'
import type { CatalogDocument } from '../catalog/index.ts'
import type { CatalogModel, CatalogPackage } from '../model.ts'

const FILE_NAME = 'catalog.json'
/** Names that are folders as they are: no path, nothing hidden, no whiteout, no longer than file systems take. */
const FOLDER_NAME = /^[a-z0-9][a-z0-9._-]{0,199}$/i

/** The order of documents in a file; what is not named here stands before deprecations, by schema. */
const RANKS: Readonly<Record<string, number>> = {
  'olm.package': 0,
  'olm.channel': 1,
  'olm.bundle': 2,
  'olm.deprecations': 4,
}
const OTHER_RANK = 3

/**
 * @param left what a reader of the files has to find (see `filteredModel`)
 * @param root folder in the image, without slashes at its ends
 */
export function configFiles(
  documents: readonly CatalogDocument[],
  left: CatalogModel,
  root: string,
): readonly LayerFile[] {
  const packages = new Map(left.packages.map(each => [each.name, each]))
  const files: LayerFile[] = []
  for (const [name, own] of Map.groupBy(documents, document => document.package)) {
    const kept = packages.get(name)
    if (name !== '' && kept === undefined) continue
    const texts = own
      .toSorted(compareDocuments)
      .flatMap(document => (kept === undefined ? document.text() : (textLeft(document, kept) ?? [])))
    const path = name === '' ? `${root}/${FILE_NAME}` : `${root}/${folderOf(name)}/${FILE_NAME}`
    files.push({ path, bytes: Buffer.from(`${texts.join('\n')}\n`) })
  }
  return files
}

/** A package may be called anything; what is no name of a folder gets one made of its digest. */
function folderOf(name: string): string {
  return FOLDER_NAME.test(name) && name !== FILE_NAME ? name : `package-${hexOf(digestOf(name))}`
}

function compareDocuments(a: CatalogDocument, b: CatalogDocument): number {
  const rank = ({ schema }: CatalogDocument) => RANKS[schema] ?? OTHER_RANK
  return rank(a) - rank(b) || compareText(a.schema, b.schema) || compareText(a.name, b.name)
}

/** undefined where nothing of the document is left. */
function textLeft(document: CatalogDocument, kept: CatalogPackage): string | undefined {
  switch (document.schema) {
    case 'olm.package':
      return packageLeft(document, kept)
    case 'olm.channel':
      return channelLeft(document, kept)
    case 'olm.bundle':
      return kept.bundles.has(document.name) ? document.text() : undefined
    case 'olm.deprecations':
      return deprecationsLeft(document, kept)
    default:
      return document.text()
  }
}

function packageLeft(document: CatalogDocument, { defaultChannel }: CatalogPackage): string {
  const text = document.text()
  const json = objectIn(text)
  if (defaultChannel === undefined || json.defaultChannel === defaultChannel) return text
  return JSON.stringify({ ...json, defaultChannel })
}

function channelLeft(document: CatalogDocument, kept: CatalogPackage): string | undefined {
  const channel = kept.channels.find(({ name }) => name === document.name)
  if (channel === undefined) return undefined
  const names = new Set(channel.entries.map(({ name }) => name))
  return withEntries(document, entry => isRecord(entry) && names.has(String(entry.name)))
}

function deprecationsLeft(document: CatalogDocument, kept: CatalogPackage): string | undefined {
  if (kept.deprecations.length === 0) return undefined
  const keyOf = (schema: unknown, name: unknown) => JSON.stringify([schema, name ?? ''])
  const left = new Set(
    kept.deprecations.map(({ what }) => keyOf(what.schema, 'name' in what ? what.name : '')),
  )
  return withEntries(document, entry => {
    const reference = isRecord(entry) && isRecord(entry.reference) ? entry.reference : {}
    return left.has(keyOf(reference.schema, reference.name))
  })
}

/** Verbatim where every entry stays. */
function withEntries(document: CatalogDocument, stays: (entry: unknown) => boolean): string {
  const text = document.text()
  const json = objectIn(text)
  const before: readonly unknown[] = Array.isArray(json.entries) ? json.entries : []
  const entries = before.filter(stays)
  return entries.length === before.length ? text : JSON.stringify({ ...json, entries })
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  const json: unknown = JSON.parse(text)
  return isRecord(json) ? json : {}
}

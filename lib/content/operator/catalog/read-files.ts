/** The files below the root of a catalog's configs → its documents and its model, or everything that is wrong with them. */
import { isRecord } from '../../../oci/json.ts'
import type { Catalog, CatalogDocument } from './catalog.ts'
import { CatalogError, type CatalogProblem } from './catalog-error.ts'
import { type Complain, type FileDocument, fileDocuments } from './file-documents.ts'
import { ignoreRules } from './ignore-rules.ts'
import { ModelReading } from './model-reading.ts'

const PACKAGE = 'olm.package'
/** What a document says of itself, all of it text. */
const HEAD = ['schema', 'package', 'name'] as const
/** A name that goes over several lines could be taken for lines of a plan. */
const CONTROL = /\p{Cc}/u

/**
 * Every file is read, whatever it is called, but for what `.indexignore` files name. Documents of other schemas than
 * `olm.package`, `olm.channel`, `olm.bundle` and `olm.deprecations` are kept as they are.
 *
 * @param files path below the root of the configs → bytes, which the documents keep
 * @param name of the catalog, for messages
 * @throws CatalogError with every problem and its place
 */
export function readCatalogFiles(files: ReadonlyMap<string, Uint8Array>, name: string): Catalog {
  const isIgnored = ignoreRules(files)
  const problems: CatalogProblem[] = []
  const documents: CatalogDocument[] = []
  const reading = new ModelReading((file, line, text) => problems.push({ file, line, text }))
  for (const path of [...files.keys()].sort()) {
    const bytes = files.get(path)
    if (bytes === undefined || isIgnored(path)) continue
    const complain: Complain = (line, text) => problems.push({ file: path, line, text })
    for (const each of fileDocuments(path, bytes, complain)) {
      const document = describe(path, each, complain)
      if (document === undefined || !isRecord(each.value)) continue
      documents.push(document)
      reading.add(document, each.value)
    }
  }
  const model = reading.finish()
  if (problems.length > 0) throw new CatalogError(name, problems)
  return { model, documents }
}

/** undefined when it is no document of a catalog, which has been complained of. */
function describe(
  file: string,
  { value, line, bytes }: FileDocument,
  complain: Complain,
): CatalogDocument | undefined {
  if (!isRecord(value)) {
    complain(
      line,
      `${Array.isArray(value) ? 'a list' : 'a bare value'} where a document with a schema should be`,
    )
    return undefined
  }
  const texts = HEAD.map(key => value[key] ?? '')
  const garbled = HEAD.find(key => CONTROL.test(String(value[key] ?? '')))
  if (garbled !== undefined) {
    complain(line, `${garbled} has control characters: ${JSON.stringify(value[garbled])}`)
    return undefined
  }
  const [schema, owner, name] = texts
  if (typeof schema === 'string' && typeof owner === 'string' && typeof name === 'string' && schema !== '')
    return {
      schema,
      package: schema === PACKAGE ? name : owner,
      name,
      file,
      line,
      text: () => bytes.toString('utf8'),
    }
  const wrong = texts.find(text => typeof text !== 'string')
  if (wrong === undefined) complain(line, 'the document has no schema')
  else {
    const key = HEAD[texts.indexOf(wrong)]
    complain(line, `${key} is ${JSON.stringify(wrong)}, which is no text; write it in quotes`)
  }
  return undefined
}

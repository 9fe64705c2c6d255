/**
 * The file that `targetCatalogSourceTemplate` names -> a CatalogSource to start from. What a template may not be is
 * refused with its name and line, and nothing else is made in its place.
 */
import { type Document, LineCounter, parseDocument } from 'yaml'
import { messageOf, ResourceError } from '../errors.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'

export interface CatalogTemplate {
  /** The catalog it is for, as origins name it. */
  readonly catalog: string
  /** Where the entry puts it, as far as it says so: tells entries for the same catalog apart. */
  readonly targetCatalog?: RepositoryPath
  readonly targetTag?: Tag
  readonly object: TemplateObject
}

export interface TemplateObject {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: Readonly<Record<string, unknown>>
}

export const CATALOG_SOURCE_API = 'operators.coreos.com/v1alpha1'
/** Set by mirrorform whatever the template says (oc-mirror v2). */
const OWN_SPEC: ReadonlySet<string> = new Set(['image', 'sourceType'])

/** Keys of labels and annotations (Kubernetes, "Labels and Selectors"): a DNS name and `/`, if need be, and a name. */
const QUALIFIED_NAME =
  /^(?:(?=.{1,253}\/)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?(?=.{1,63}$)[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/
const LABEL_VALUE = /^(?=.{0,63}$)(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)?$/

type Fields = Readonly<Record<string, unknown>>

/** @throws ResourceError naming file, line and what is wrong */
export function parseCatalogSourceTemplate(path: string, text: string): TemplateObject {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, version: '1.1' })
  const [broken] = document.errors
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw refused(`${path}:${line}:${col}`, `it is not YAML: ${broken.message.split('\n', 1)[0]}`)
  }
  const root = plainRoot(document, path)
  const at = (...keys: readonly string[]): string => {
    const node = document.getIn(keys, true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    const offset = Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined
    return offset === undefined ? path : `${path}:${lines.linePos(offset).line}`
  }
  if (!isFields(root)) throw refused(path, 'it is empty or a list, and no object')
  const { apiVersion, kind, metadata = {}, spec = {} } = root
  if (kind !== 'CatalogSource') throw refused(at('kind'), `its kind is ${shown(kind)}, not CatalogSource`)
  if (apiVersion !== CATALOG_SOURCE_API)
    throw refused(at('apiVersion'), `its apiVersion is ${shown(apiVersion)}, not ${CATALOG_SOURCE_API}`)
  if (!isFields(metadata ?? {})) throw refused(at('metadata'), 'metadata is no object')
  if (!isFields(spec ?? {})) throw refused(at('spec'), 'spec is no object')
  const meta = isFields(metadata) ? metadata : {}
  const asked = isFields(spec) ? spec : {}
  const type = asked.sourceType ?? ''
  if (type !== '' && type !== 'grpc')
    throw refused(at('spec', 'sourceType'), `spec.sourceType is ${shown(type)}; a mirrored catalog is grpc`)
  if ((asked.configMap ?? '') !== '')
    throw refused(at('spec', 'configMap'), 'spec.configMap is set; a mirrored catalog is an image')
  return {
    labels: textsOf(meta.labels, () => at('metadata', 'labels'), 'metadata.labels', LABEL_VALUE),
    annotations: textsOf(meta.annotations, () => at('metadata', 'annotations'), 'metadata.annotations'),
    spec: Object.fromEntries(
      Object.entries(asked).filter(([key]) => !OWN_SPEC.has(key) && key !== 'configMap'),
    ),
  }
}

/** Aliases are refused: they may be of any size, or contain themselves. */
function plainRoot(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    const isAlias = cause instanceof ReferenceError
    throw refused(path, isAlias ? 'it has an alias (*name): write the value out' : messageOf(cause))
  }
}

/** @param values what Kubernetes takes; absent: any text */
function textsOf(
  value: unknown,
  place: () => string,
  name: string,
  values = /^/,
): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {}
  if (!isFields(value)) throw refused(place(), `${name} is no object`)
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string')
        throw refused(place(), `${name}: the value of ${key} is no text; quote it`)
      if (!QUALIFIED_NAME.test(key) || !values.test(text))
        throw refused(place(), `${name}: Kubernetes does not take ${shown(key)} with ${shown(text)}`)
      return [key, text]
    }),
  )
}

function refused(place: string, what: string): ResourceError {
  return new ResourceError(`${place}: this cannot be a template for a CatalogSource: ${what}`, {
    hint: `targetCatalogSourceTemplate names a file with apiVersion: ${CATALOG_SOURCE_API}, kind: CatalogSource and the spec you want, without image`,
  })
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One row of `operatorbundle`, with what other tables say of it → its `olm.bundle` document, as opm migrate would write it. */
import { isRecord } from '../../../../oci/json.ts'
import { fileDocuments } from '../file-documents.ts'
import type { Row } from './tables.ts'

export interface BundleRows {
  readonly bundle: Row
  readonly properties: readonly Row[]
  readonly dependencies: readonly Row[]
  readonly relatedImages: readonly Row[]
}

interface Property {
  readonly type: string
  readonly value: unknown
}

/** @param owner the package whose channels have the bundle */
export function bundleDocument(owner: string, rows: BundleRows): Readonly<Record<string, unknown>> {
  const { bundle, relatedImages } = rows
  const names = imageNames(bundle.csv)
  return {
    schema: 'olm.bundle',
    package: owner,
    name: bundle.name,
    image: bundle.bundlepath ?? '',
    properties: propertiesOf(owner, rows),
    relatedImages: relatedImages.flatMap(({ image }) =>
      image ? [{ name: names.get(image) ?? '', image }] : [],
    ),
  }
}

function propertiesOf(owner: string, { bundle, properties, dependencies }: BundleRows): readonly Property[] {
  const all: Property[] = properties.map(({ type = '', value }) => ({ type, value: parsed(value) }))
  if (bundle.version && !all.some(({ type }) => type === 'olm.package'))
    all.unshift({ type: 'olm.package', value: { packageName: owner, version: bundle.version } })
  all.push(...dependencies.map(required))
  const objects = manifestsOf(bundle.bundle) ?? manifestsOf(bundle.csv) ?? []
  all.push(...objects.map(data => ({ type: 'olm.bundle.object', value: { data } })))
  const once = new Map(all.map(property => [JSON.stringify(property), property]))
  return [...once.values()]
}

/** What a CSV calls its related images; the database has none of their names. */
function imageNames(csv: string | undefined): ReadonlyMap<unknown, string> {
  const json = parsed(csv)
  const { relatedImages } = isRecord(json) && isRecord(json.spec) ? json.spec : {}
  const all: readonly unknown[] = Array.isArray(relatedImages) ? relatedImages : []
  return new Map(all.filter(isRecord).map(({ name, image }) => [image, typeof name === 'string' ? name : '']))
}

/** Dependencies have names of their own in the database. */
function required({ type = '', value }: Row): Property {
  const needs = parsed(value)
  if (type === 'olm.gvk') return { type: 'olm.gvk.required', value: needs }
  if (type !== 'olm.package' || !isRecord(needs)) return { type, value: needs }
  const { packageName, version } = needs
  return { type: 'olm.package.required', value: { packageName, versionRange: version } }
}

/** Kubernetes objects, one after another, each as base64; undefined where none are kept, as for most but the heads. */
function manifestsOf(text: string | undefined): readonly string[] | undefined {
  if (!text) return undefined
  const documents = [...fileDocuments('', Buffer.from(text), () => {})]
  return documents.length === 0 ? undefined : documents.map(({ bytes }) => bytes.toString('base64'))
}

export function parsed(json: string | undefined): unknown {
  try {
    return json ? JSON.parse(json) : null
  } catch {
    return json
  }
}

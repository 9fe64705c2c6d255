/**
 * An image set of oc-mirror v1 whose keys are written in any case (`additionalimages`, `NAME`), as v1 reads it -> the same
 * document with the keys as the schema writes them; every value keeps its place. Other documents are handed back as they
 * are. Two keys that differ by nothing but case are reported, because v1 takes the later and nobody sees it.
 */
import { isRecord } from '../../oci/json.ts'
import { V1_API_VERSION, V1_IMAGE_SET_SCHEMA } from '../schema/imageset-v1alpha2.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { YamlDocument } from '../yaml-document.ts'
import { type Place, pointerTo, type SyntaxFinding } from '../yaml-nodes.ts'

/** Whether this data says that it is an image set of oc-mirror v1. */
export function isV1(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.entries(value).some(([key, field]) => isApiVersion(key) && field === V1_API_VERSION)
  )
}

export function withKnownKeys(document: YamlDocument): YamlDocument {
  if (!isV1(document.value)) return document
  const places = new Map<string, Place>()
  const findings: SyntaxFinding[] = []
  const walk = (value: unknown, schema: JsonSchema | undefined, from: string, to: string): unknown => {
    const place = document.places.get(from)
    if (place !== undefined) places.set(to, place)
    if (Array.isArray(value))
      return value.map((item: unknown, at) =>
        walk(item, schema?.items, pointerTo(from, at), pointerTo(to, at)),
      )
    if (!isRecord(value)) return value
    const entries = new Map<string, unknown>()
    for (const [written, below] of Object.entries(value)) {
      const key = knownKey(written, schema)
      if (entries.has(key)) {
        const { start = 0 } = document.places.get(pointerTo(from, written))?.key ?? {}
        findings.push({ offset: start, message: `duplicate key "${written}"`, hint: DUPLICATE_HINT })
      }
      entries.set(key, walk(below, schema?.properties?.[key], pointerTo(from, written), pointerTo(to, key)))
    }
    return Object.fromEntries(entries)
  }
  const value = walk(document.value, V1_IMAGE_SET_SCHEMA, '', '')
  return { ...document, value, places, findings: [...document.findings, ...findings] }
}

const DUPLICATE_HINT = 'the case of keys is of no importance here; delete one of the two, or join them'

function isApiVersion(key: string): boolean {
  return key.toLowerCase() === 'apiversion'
}

function knownKey(written: string, schema: JsonSchema | undefined): string {
  const properties = schema?.properties ?? {}
  if (Object.hasOwn(properties, written)) return written
  return Object.keys(properties).find(key => key.toLowerCase() === written.toLowerCase()) ?? written
}

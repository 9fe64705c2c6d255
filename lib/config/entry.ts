/**
 * Reading untrusted data piece by piece, each piece with its JSON pointer.
 *
 * What has the wrong type reads as absent: the schema has already complained about it, and the rules can still look at
 * everything else.
 */
import { isRecord } from '../oci/json.ts'
import { pointerTo } from './yaml-nodes.ts'

export interface Entry {
  readonly pointer: string
  readonly value: unknown
}

/** undefined when there is no such key, or nothing behind it. */
export function fieldOf(parent: Entry | undefined, key: string): Entry | undefined {
  if (parent === undefined || !isRecord(parent.value) || !Object.hasOwn(parent.value, key)) return undefined
  const value = parent.value[key]
  return value == null ? undefined : { pointer: pointerTo(parent.pointer, key), value }
}

/** The items of the list behind a key. */
export function itemsOf(parent: Entry | undefined, key: string): readonly Entry[] {
  const list = fieldOf(parent, key)
  if (list === undefined || !Array.isArray(list.value)) return []
  return list.value.map((value: unknown, at) => ({ pointer: pointerTo(list.pointer, at), value }))
}

export function textOf(entry: Entry | undefined): string | undefined {
  return typeof entry?.value === 'string' && entry.value !== '' ? entry.value : undefined
}

export function numberOf(entry: Entry | undefined): number | undefined {
  return typeof entry?.value === 'number' ? entry.value : undefined
}

/** The texts of the list behind a key. */
export function textsOf(parent: Entry | undefined, key: string): readonly string[] {
  return itemsOf(parent, key).flatMap(item => textOf(item) ?? [])
}

/** `/mirror/additionalImages/0/name` -> `mirror.additionalImages[0].name`; the document itself is "the file". */
export function dotted(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  const path = parts.map(part => {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^\d+$/.test(name) ? `[${name}]` : `.${name}`
  })
  return path.length === 0 ? 'the file' : path.join('').replace(/^\./, '')
}

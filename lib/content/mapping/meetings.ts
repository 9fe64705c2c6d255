/**
 * Mappings of all files, held against each other: which tag each image gets, what is there twice, and the problem of two
 * sources at one place.
 */
import type { Problem } from '../../config/index.ts'
import { formatReference, inheritedTag, parseTag, type Tag } from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'
import type { Mapping } from './mapping.ts'

/** The tag an image has at its destination; undefined where the source stands for several. */
export function destinationTag({ source: { source, tags }, destination }: Mapping): Tag | undefined {
  if (tags !== undefined) return undefined
  return destination.tag ?? tagOf(source)
}

function tagOf(source: ImageSource): Tag {
  return source.kind === 'layout' ? (source.tag ?? parseTag('latest')) : inheritedTag(source.reference)
}

/** oc-mirror v1 lists images that it made itself like that: they are at the destination already. */
export function isOwnSource(mapping: Mapping): boolean {
  const tag = destinationTag(mapping)
  return tag !== undefined && nameOf(mapping.source.source) === placeOf(mapping.destination, tag)
}

export interface Met {
  /** Without what only repeats another. */
  readonly mappings: readonly Mapping[]
  readonly problems: readonly Problem[]
}

/** Of two sources by the same digest the first is taken: they are the same content. */
export function settleMeetings(mappings: readonly Mapping[]): Met {
  const first = new Map<string, Mapping>()
  const problems: Problem[] = []
  const kept = mappings.filter(mapping => {
    const tag = destinationTag(mapping)
    if (tag === undefined) return true
    const name = placeOf(mapping.destination, tag)
    const before = first.get(name)
    if (before === undefined) first.set(name, mapping)
    if (before === undefined || isSame(before.source.source, mapping.source.source))
      return before === undefined
    problems.push({
      kind: 'rule',
      ...mapping.place,
      message: `${name} gets ${before.source.name} already (${before.place.path}:${before.place.line})`,
      hint: 'give one of them another tag',
    })
    return false
  })
  return { mappings: kept, problems }
}

function isSame(a: ImageSource, b: ImageSource): boolean {
  if (a.kind === 'layout' || b.kind === 'layout') return nameOf(a) === nameOf(b)
  const [one, other] = [a.reference.digest, b.reference.digest]
  return one === undefined && other === undefined ? nameOf(a) === nameOf(b) : one === other
}

function placeOf({ host, path }: Mapping['destination'], tag: Tag): string {
  return `${host}/${path}:${tag}`
}

function nameOf(source: ImageSource): string {
  if (source.kind === 'registry') return formatReference(source.reference)
  return `${source.folder}:${source.tag ?? ''}`
}

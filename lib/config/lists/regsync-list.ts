/**
 * The YAML of regsync -> images and choices of tags, with the places their targets name (regclient's documentation of
 * regsync, "Configuration File").
 */
import { SyntaxFault } from '../../errors.ts'
import { isRecord } from '../../oci/json.ts'
import type { Platform } from '../../oci/platform.ts'
import { parseReference, parseTag } from '../../oci/reference.ts'
import { type Entry, fieldOf } from '../entry.ts'
import { parseImageSource } from '../image-source.ts'
import type { ListEntry } from './imported-list.ts'
import type { ListReading } from './list-reading.ts'
import { destinationAt, imageOf, type ListedImageOptions, tagsOf } from './listed-image.ts'
import { REGSYNC_SETTINGS, tellSettings } from './regsync-settings.ts'
import { ALL_TAGS, checkTagRule, type TagChoice, type TagSet } from './tag-choice.ts'

const LATEST = parseTag('latest')
const LAYOUT_SCHEME = 'ocidir://'

/** @returns the registries of the targets, in the order of the file */
export function readRegsyncList(reading: ListReading): readonly string[] {
  const { root } = reading
  tellSettings(reading)
  const hosts = new Set<string>()
  for (const item of reading.itemsAt('images', root, 'sync')) readItem(reading, item, hosts)
  return [...hosts]
}

/** An entry that says what it has to. */
interface SyncItem {
  readonly type: 'image' | 'repository'
  /** Where the source stands, and what it says. */
  readonly source: Entry
  readonly from: string
  readonly target: Entry
  readonly to: string
}

function readItem(reading: ListReading, item: Entry, hosts: Set<string>): void {
  reading.omitKeys('images', item, REGSYNC_SETTINGS)
  const asked = reading.attempt('images', item.pointer, () => checkItem(reading, item))
  if (asked === undefined) return
  const { type, source, from, target } = asked
  const at = reading.attempt('images', target.pointer, () => targetOf(asked.to))
  if (at === undefined) return
  const [first = at.host] = hosts
  hosts.add(at.host)
  if (at.host !== first)
    reading.omit('images', target.pointer, `${from} was for ${at.host}, not for ${first}`, {
      hint: 'an image set is for any target: keep one for each where they differ',
    })
  const options = {
    rule: 'source',
    // A target without a tag is `latest` there, whatever the tag of the source.
    to: type === 'image' ? { tag: LATEST, ...at.to } : at.to,
    platforms: platformsOf(reading, item),
    place: reading.placeOf(source.pointer),
  } as const
  const choice = type === 'image' ? undefined : choiceOf(reading, item)
  const entry = reading.attempt('images', source.pointer, (): ListEntry | undefined => {
    if (from.startsWith(LAYOUT_SCHEME)) return layoutImage(type, from, options)
    const reference = parseReference(from)
    if (type === 'image') return imageOf(reference, options)
    return choice && tagsOf(reference, choice, options)
  })
  if (entry !== undefined) reading.entries.push(entry)
}

/** @throws SyntaxFault */
function checkItem(reading: ListReading, item: Entry): SyncItem {
  const [source, target] = [fieldOf(item, 'source'), fieldOf(item, 'target')]
  const [from, to] = [reading.textAt(source), reading.textAt(target)]
  const type = reading.textAt(fieldOf(item, 'type'))
  if (source === undefined || from === undefined || target === undefined || to === undefined)
    throw new SyntaxFault('this entry lacks its source or its target')
  if (type === 'registry')
    throw new SyntaxFault(`all repositories of ${from}`, {
      hint: 'write an entry of type: repository for each that is wanted',
    })
  if (type !== 'image' && type !== 'repository')
    throw new SyntaxFault(`${from}: its type is ${type ?? 'missing'}`, {
      hint: 'image, repository and registry are known',
    })
  if (from.includes('{{'))
    throw new SyntaxFault(`"${from}" is a template, which is not filled in here`, {
      hint: 'write the source out',
    })
  return { type, source, from, target, to }
}

/** @throws SyntaxFault */
function targetOf(text: string): ReturnType<typeof destinationAt> {
  if (!text.startsWith(LAYOUT_SCHEME)) return destinationAt(text)
  const folder = text.slice(LAYOUT_SCHEME.length)
  throw new SyntaxFault(`${text} is a folder, not a place in a registry`, {
    hint: `name the image without it, and plan with --to oci://${folder}`,
  })
}

/** @throws SyntaxFault */
function layoutImage(type: SyncItem['type'], from: string, options: ListedImageOptions): ListEntry {
  const name = `oci://${from.slice(LAYOUT_SCHEME.length)}`
  if (type === 'repository')
    throw new SyntaxFault(`all tags of ${from}`, { hint: 'name each as oci://FOLDER:TAG' })
  parseImageSource(name)
  const { to, platforms, place } = options
  return {
    kind: 'image',
    name,
    ...(to !== undefined && { targetRepo: to.repository }),
    ...(to?.tag !== undefined && { targetTag: to.tag }),
    platforms,
    place,
  }
}

function choiceOf(reading: ListReading, item: Entry): TagChoice | undefined {
  const before = reading.entries.length
  const tags = fieldOf(item, 'tags')
  const sets = [...(tags === undefined ? [] : [tags]), ...reading.itemsAt('images', item, 'tagSets')]
  const choice = sets.map(set => tagSetOf(reading, set))
  // What cannot be read would otherwise widen the choice to all tags.
  if (reading.entries.length > before) return undefined
  return choice.length === 0 ? ALL_TAGS : choice
}

function tagSetOf(reading: ListReading, set: Entry): TagSet {
  if (!isRecord(set.value))
    reading.omit('images', set.pointer, 'tags are chosen by allow, deny and semverRange, each a list')
  const rules = (key: string, kind: 'pattern' | 'range') =>
    reading.itemsAt('images', set, key).flatMap(each => {
      const text = reading.textAt(each)
      if (text === undefined) {
        reading.omit('images', each.pointer, `this item of ${key} is no text`)
        return []
      }
      const rule = kind === 'pattern' ? ({ kind, text, whole: true } as const) : ({ kind, text } as const)
      return reading.attempt('images', each.pointer, () => checkTagRule(rule)) ?? []
    })
  return {
    allow: [...rules('allow', 'pattern'), ...rules('semverRange', 'range')],
    deny: rules('deny', 'pattern'),
  }
}

function platformsOf(reading: ListReading, item: Entry): readonly Platform[] {
  const single = fieldOf(item, 'platform')
  if (reading.textAt(single) === 'local') {
    reading.omit(
      'images',
      single?.pointer ?? item.pointer,
      'platform: local means the machine that regsync ran on',
      {
        hint: 'write platforms with os and architecture',
      },
    )
    return []
  }
  return [...(single === undefined ? [] : [single]), ...reading.itemsAt('images', item, 'platforms')].flatMap(
    each => reading.platformAt('images', each) ?? [],
  )
}

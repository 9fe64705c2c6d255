/**
 * Collects what a list asks for while it is read: entries with their places, and whatever cannot be carried over. A
 * message never repeats the text of a line, which may hold a password.
 */
import { hintOf, messageOf, SyntaxFault } from '../../errors.ts'
import { type Platform, parsePlatform } from '../../oci/platform.ts'
import { type Entry, fieldOf, itemsOf } from '../entry.ts'
import type { YamlDocument } from '../yaml-document.ts'
import type { ListEntry, ListPlace, ListSection } from './imported-list.ts'
import { notCarried } from './omission.ts'

export interface OmissionRemark {
  readonly hint?: string | undefined
  /** Point at the key instead of the value. */
  readonly at?: 'key' | 'value'
}

export class ListReading {
  readonly entries: ListEntry[] = []
  readonly #document: YamlDocument

  constructor(document: YamlDocument) {
    this.#document = document
  }

  get root(): Entry {
    return { pointer: '', value: this.#document.value }
  }

  placeOf(pointer: string, at: 'key' | 'value' = 'value'): ListPlace {
    const place = this.#document.places.get(pointer)
    const span = at === 'key' ? (place?.key ?? place?.value) : place?.value
    return this.#document.lines.positionOf(span?.start ?? 0)
  }

  omit(section: ListSection, pointer: string, message: string, remark: OmissionRemark = {}): void {
    this.entries.push(notCarried(section, this.placeOf(pointer, remark.at), message, remark.hint))
  }

  /** What `parse` returns; undefined, and what is wrong as not carried over, when it throws a SyntaxFault. */
  attempt<T>(section: ListSection, pointer: string, parse: () => T): T | undefined {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.omit(section, pointer, messageOf(error), { hint: hintOf(error) })
      return undefined
    }
  }

  /** A scalar as it is written: `1.10` is the tag 1.10, not the number 1.1. undefined for nothing, lists and objects. */
  textAt(entry: Entry | undefined): string | undefined {
    if (entry === undefined || entry.value === '') return undefined
    if (typeof entry.value === 'string') return entry.value
    if (typeof entry.value !== 'number' && typeof entry.value !== 'boolean') return undefined
    const place = this.#document.places.get(entry.pointer)
    return place && this.#document.file.text.replace(/^\ufeff/, '').slice(place.value.start, place.value.end)
  }

  /** The items of the list behind a key; anything else there is told. */
  itemsAt(section: ListSection, parent: Entry | undefined, key: string): readonly Entry[] {
    const field = fieldOf(parent, key)
    if (field !== undefined && !Array.isArray(field.value))
      this.omit(section, field.pointer, `${key} is not a list`)
    return itemsOf(parent, key)
  }

  /** `linux/arm/v7` as far as an image set can say it: os and architecture. */
  platformAt(section: ListSection, entry: Entry | undefined): Platform | undefined {
    if (entry === undefined || entry.value === '') return undefined
    const text = this.textAt(entry)
    if (text === undefined) {
      this.omit(section, entry.pointer, 'this is no platform')
      return undefined
    }
    const platform = this.attempt(section, entry.pointer, () => parsePlatform(text))
    if (platform?.variant === undefined) return platform
    const { os, architecture } = platform
    this.omit(section, entry.pointer, `the variant of ${text}: all variants are taken`)
    return { os, architecture }
  }

  /** Each of the keys that is there, with what is said of it. */
  omitKeys(
    section: ListSection,
    parent: Entry,
    keys: ReadonlyMap<string, readonly [message: string, hint: string]>,
  ): void {
    for (const [key, [message, hint]] of keys) {
      const field = fieldOf(parent, key)
      if (field !== undefined && field.value !== false)
        this.omit(section, field.pointer, message, { hint, at: 'key' })
    }
  }
}

/** A list of another tool -> what it asks for, each thing once and in its order. Nobody is asked for anything. */
import type { SourceFile } from '../problem.ts'
import { ProblemList } from '../problem-list.ts'
import { readYamlDocuments } from '../yaml-document.ts'
import { readHaulerDocument } from './hauler-list.ts'
import type { ImportedList, ListEntry, ListedImage, ListFormat, PathRule } from './imported-list.ts'
import { listFormatOf } from './list-format.ts'
import { ListReading } from './list-reading.ts'
import { readPlainList } from './plain-list.ts'
import { readRegsyncList } from './regsync-list.ts'
import { readSkopeoList } from './skopeo-list.ts'

export interface ListOptions {
  /** Default: found out. */
  readonly format?: ListFormat | undefined
  /** Default `source`. */
  readonly paths?: PathRule | undefined
}

/** @throws ConfigError with what is no YAML, UsageError when it is no list */
export function readImageList(file: SourceFile, options: ListOptions = {}): ImportedList {
  const { paths = 'source' } = options
  const text = file.text.replace(/^\ufeff/, '')
  const documents = readYamlDocuments(file)
  const format = options.format ?? listFormatOf(file, text, documents)
  if (format === 'list') return { format, entries: eachOnce(readPlainList(text, paths)), hosts: [] }
  for (const document of documents) new ProblemList(document).throwIfAny()
  const readings = documents.map(document => new ListReading(document))
  const hosts = readings.flatMap(reading => {
    switch (format) {
      case 'skopeo':
        readSkopeoList(reading, paths)
        return []
      case 'regsync':
        return readRegsyncList(reading)
      case 'hauler':
        readHaulerDocument(reading, paths)
        return []
      default:
        return format satisfies never
    }
  })
  return { format, entries: eachOnce(readings.flatMap(({ entries }) => entries)), hosts: [...new Set(hosts)] }
}

/** The same image at the same place, asked for twice, is asked for on the platforms of both. */
export function eachOnce(entries: readonly ListEntry[]): readonly ListEntry[] {
  const kept: ListEntry[] = []
  const known = new Map<string, number>()
  for (const entry of entries) {
    const at = entry.kind === 'image' ? known.get(keyOf(entry)) : undefined
    const before = at === undefined ? undefined : kept[at]
    if (entry.kind === 'image' && at !== undefined && before?.kind === 'image')
      kept[at] = joined(before, entry)
    else {
      if (entry.kind === 'image') known.set(keyOf(entry), kept.length)
      kept.push(entry)
    }
  }
  return kept
}

function keyOf({ name, targetRepo, targetTag }: ListedImage): string {
  return [name, targetRepo, targetTag].join(' ')
}

function joined(first: ListedImage, second: ListedImage): ListedImage {
  if (first.platforms.length === 0 || second.platforms.length === 0) return { ...first, platforms: [] }
  const isNew = ({ os, architecture }: ListedImage['platforms'][number]) =>
    !first.platforms.some(each => each.os === os && each.architecture === architecture)
  return { ...first, platforms: [...first.platforms, ...second.platforms.filter(isNew)] }
}

/** `mirror.additionalImages` -> images to take, their references, destinations and platforms parsed. */
import type { Platform } from '../oci/platform.ts'
import { parseRepositoryPath, parseTag, type RepositoryPath, type Tag } from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'
import { type Entry, fieldOf, itemsOf } from './entry.ts'
import { parseImageSource, repositoryOfFolder } from './image-source.ts'
import { readPlatforms } from './platforms.ts'
import type { ProblemList } from './problem-list.ts'

export interface AdditionalImage {
  /** As written. */
  readonly name: string
  readonly source: ImageSource
  readonly targetRepo?: RepositoryPath
  readonly targetTag?: Tag
  /** Empty means all. */
  readonly platforms: readonly Platform[]
  /** Where it stands, for messages: `imageset.yaml:12`. */
  readonly place: string
}

export function readAdditionalImages(
  mirror: Entry | undefined,
  path: string,
  problems: ProblemList,
): readonly AdditionalImage[] {
  return itemsOf(mirror, 'additionalImages').flatMap(item => readOne(item, path, problems) ?? [])
}

function readOne(item: Entry, path: string, problems: ProblemList): AdditionalImage | undefined {
  const targetRepo = parsed(fieldOf(item, 'targetRepo'), parseRepositoryPath, problems)
  const targetTag = parsed(fieldOf(item, 'targetTag'), parseTag, problems)
  const name = fieldOf(item, 'name')
  const source = parsed(name, parseImageSource, problems)
  if (name === undefined || source === undefined) return undefined
  if (source.kind === 'layout' && fieldOf(item, 'targetRepo') === undefined)
    problems.attempt(name.pointer, () => repositoryOfFolder(source.folder))
  return {
    name: String(name.value),
    source,
    ...(targetRepo !== undefined && { targetRepo }),
    ...(targetTag !== undefined && { targetTag }),
    platforms: readPlatforms(item),
    place: `${path}:${problems.lineOf(item.pointer)}`,
  }
}

/** Text only: anything else the schema has reported. An empty text is refused by the parser. */
function parsed<T>(
  entry: Entry | undefined,
  parse: (text: string) => T,
  problems: ProblemList,
): T | undefined {
  if (entry === undefined || typeof entry.value !== 'string') return undefined
  const text = entry.value
  return problems.attempt(entry.pointer, () => parse(text))
}

/** A reference, and where it is to go -> the image, or the choice of tags, of a list. */
import { SyntaxFault } from '../../errors.ts'
import type { Platform } from '../../oci/platform.ts'
import {
  formatReference,
  parseReference,
  parseRepositoryPath,
  parseTag,
  type Reference,
  type RepositoryPath,
  type Tag,
  withDefaultTag,
} from '../../oci/reference.ts'
import type { ListedImage, ListedTags, ListPlace, PathRule } from './imported-list.ts'
import type { TagChoice } from './tag-choice.ts'

export interface Destined {
  readonly repository: RepositoryPath
  readonly tag?: Tag
}

export interface ListedImageOptions {
  readonly rule: PathRule
  /** Where the list itself says it goes; the rule is for images of which nothing is said. */
  readonly to?: Destined | undefined
  readonly platforms: readonly Platform[]
  readonly place: ListPlace
}

/** A reference with neither tag nor digest means `latest`. */
export function imageOf(named: Reference, options: ListedImageOptions): ListedImage {
  const { to, platforms, place } = options
  const reference = withDefaultTag(named)
  return {
    kind: 'image',
    name: formatReference(reference),
    ...targetRepoOf(reference, options),
    ...(to?.tag !== undefined && to.tag !== reference.tag && { targetTag: to.tag }),
    platforms,
    place,
  }
}

export function tagsOf(repository: Reference, choice: TagChoice, options: ListedImageOptions): ListedTags {
  const { platforms, place } = options
  const { host, path } = repository
  return {
    kind: 'tags',
    repository: { host, path },
    choice,
    ...targetRepoOf(repository, options),
    platforms,
    place,
  }
}

function targetRepoOf(
  reference: Reference,
  { rule, to }: ListedImageOptions,
): { readonly targetRepo?: RepositoryPath } {
  const repository = to?.repository ?? byRule(reference, rule)
  return repository === reference.path ? {} : { targetRepo: repository }
}

/** `quay.io/a/b` → `a/b`, `b`, or `quay.io/a/b` (skopeo-sync(1), `--scoped`). */
function byRule({ host, path }: Reference, rule: PathRule): RepositoryPath {
  switch (rule) {
    case 'source':
      return path
    case 'last':
      return parseRepositoryPath(path.slice(path.lastIndexOf('/') + 1))
    case 'scoped':
      return parseRepositoryPath(`${host.toLowerCase().replaceAll(':', '-')}/${path}`)
    default:
      return rule satisfies never
  }
}

/** `registry.lan:5000/mirror/app:v1` → its registry, and the place below it. @throws SyntaxFault */
export function destinationAt(text: string): { readonly host: string; readonly to: Destined } {
  if (text.includes('{{'))
    throw new SyntaxFault(`"${text}" is a template, which is not filled in here`, {
      hint: 'write the target out',
    })
  const { host, path, tag, digest } = parseReference(text)
  if (digest !== undefined)
    throw new SyntaxFault(`"${text}": a target is named by tag, not by digest`, {
      hint: 'leave the digest out',
    })
  return { host, to: { repository: path, ...(tag !== undefined && { tag: parseTag(tag) }) } }
}

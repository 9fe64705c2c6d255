/**
 * What a list of another tool asks for, in its order: images, repositories with a choice of tags, charts, and what an
 * image set cannot say, each with its place in the list.
 */
import type { Platform } from '../../oci/platform.ts'
import type { Reference, RepositoryPath, Tag } from '../../oci/reference.ts'
import type { TagChoice } from './tag-choice.ts'

export const LIST_FORMATS = ['skopeo', 'regsync', 'list', 'hauler'] as const
export type ListFormat = (typeof LIST_FORMATS)[number]

/** Where an image goes when nothing else is said: `source` as oc-mirror does, `last` and `scoped` as `skopeo sync` does. */
export const PATH_RULES = ['source', 'last', 'scoped'] as const
export type PathRule = (typeof PATH_RULES)[number]

/** From 1; columns in UTF-16 units. */
export interface ListPlace {
  readonly line: number
  readonly column: number
}

export interface ListedImage {
  readonly kind: 'image'
  /** `quay.io/a/b:1`, `oci:///srv/layout:1` */
  readonly name: string
  readonly targetRepo?: RepositoryPath
  readonly targetTag?: Tag
  /** Empty means all. */
  readonly platforms: readonly Platform[]
  readonly place: ListPlace
}

/** All tags of a repository, or those that patterns choose: only its registry knows which these are. */
export interface ListedTags {
  readonly kind: 'tags'
  /** Without tag and digest. */
  readonly repository: Reference
  readonly choice: TagChoice
  readonly targetRepo?: RepositoryPath
  readonly platforms: readonly Platform[]
  readonly place: ListPlace
}

export interface ListedChart {
  readonly kind: 'chart'
  readonly from:
    | { readonly kind: 'repository'; readonly url: string; readonly name: string }
    | { readonly kind: 'disk'; readonly path: string }
  readonly version?: string
  readonly platforms: readonly Platform[]
  readonly place: ListPlace
}

/** The part of the image set that it would stand in; `file` where it is about the whole list. */
export type ListSection = 'images' | 'charts' | 'file'

export interface NotCarried {
  readonly kind: 'notCarried'
  readonly section: ListSection
  readonly message: string
  readonly hint?: string
  readonly place: ListPlace
}

export type ListEntry = ListedImage | ListedTags | ListedChart | NotCarried

export interface ImportedList {
  readonly format: ListFormat
  readonly entries: readonly ListEntry[]
  /** The registries that its targets are at, where it names any: `registry.lan:5000`. */
  readonly hosts: readonly string[]
}

/**
 * What a line of a mapping says: this source, one image or the tags of a repository, goes to that place. Places are whole
 * names at a registry, host included, because that is how mapping files have them.
 */
import type { RepositoryPath, Tag } from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'

export interface Mapping {
  readonly source: MappingSource
  readonly destination: MappingDestination
  readonly place: MappingPlace
}

export interface MappingSource {
  /** As the user wrote it. */
  readonly name: string
  /** Without a tag where `tags` says which. */
  readonly source: ImageSource
  /** `*`, `4.12.1-*`: the tags of the repository that are meant. */
  readonly tags?: string
}

/** `file://a/b`: what stands for a host where images go to a folder. */
export const FILES = 'file://'

export interface MappingDestination {
  /** Of a registry, or `FILES`. */
  readonly host: string
  readonly path: RepositoryPath
  /** Absent: that of the source. */
  readonly tag?: Tag
}

/** Where the mapping was written; `column` is where its destination begins. */
export interface MappingPlace {
  readonly path: string
  /** from 1 */
  readonly line: number
  /** from 1, in UTF-16 units */
  readonly column: number
  /** The whole line. */
  readonly snippet: string
}

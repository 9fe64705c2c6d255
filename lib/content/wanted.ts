/** Wanted images: what every content kind produces and the graph resolves. */
import type { MadeImage, Origin } from '../graph/graph.ts'
import type { Platform } from '../oci/platform.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'

export interface WantedImage {
  readonly source: ImageSource
  /** Where it goes, below the target's prefix. */
  readonly repository: RepositoryPath
  readonly tag: Tag
  /** Empty means all. */
  readonly platforms: readonly Platform[]
  /** How an index is cut down to them; default: as the target says. */
  readonly platformIndex?: 'sparse' | 'rewrite'
  readonly origins: readonly Origin[]
  /** Where mirrorform puts the image together; `source` is then the base image, by digest. */
  readonly made?: MadeImage
  /** Base64, sorted; on release payloads. */
  readonly releaseSignatures?: readonly string[]
}

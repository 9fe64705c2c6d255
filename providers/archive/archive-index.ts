/** The lists of archive.json as maps, made once, so that twenty thousand images can be asked for one by one. */
import type { ImageContent } from '../../lib/graph/graph.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import { repositoryName } from '../../lib/oci/reference.ts'
import type { ImageSource } from '../../lib/provider.ts'
import type { ArchiveContents, NameRecord } from './contents.ts'

export class ArchiveIndex {
  readonly contents: ArchiveContents
  readonly assumed: ReadonlySet<Digest>
  readonly #names: ReadonlyMap<RepositoryPath, readonly NameRecord[]>
  readonly #images: ReadonlyMap<string, readonly ImageContent[]>

  constructor(contents: ArchiveContents) {
    this.contents = contents
    this.assumed = new Set(contents.assumed)
    this.#names = Map.groupBy(contents.names, name => name.repository)
    this.#images = Map.groupBy(contents.images, image => repositoryOf(parseSource(image.source)))
  }

  namesIn(repository: RepositoryPath): readonly NameRecord[] {
    return this.#names.get(repository) ?? []
  }

  /** Images that were collected from the same repository, whatever their tags. */
  imagesFrom(source: ImageSource): readonly ImageContent[] {
    return this.#images.get(repositoryOf(source)) ?? []
  }
}

function repositoryOf(source: ImageSource): string {
  return source.kind === 'registry' ? repositoryName(source.reference) : `oci:${source.folder}`
}

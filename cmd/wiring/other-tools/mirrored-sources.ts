/**
 * Images asked for by the references they were copied from, and read where oc-mirror v2 has put them: at the target, and
 * nowhere else. A workspace says where; for the rest its naming does.
 */
import { PlaceError } from '../../../lib/errors.ts'
import { placeRepository } from '../../../lib/graph/naming.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../../lib/oci/digest.ts'
import type { RawManifest } from '../../../lib/oci/manifest.ts'
import { type RepositoryPath, repositoryName, type Tag } from '../../../lib/oci/reference.ts'
import type { ImageSource, RepositoryReader, Sources, Target } from '../../../lib/provider.ts'
import type { Destination } from '../../../lib/target.ts'
import { storedAt } from '../../../providers/oc-mirror/index.ts'

export interface Mirrored {
  readonly source: ImageSource
  readonly destination: Destination
}

export function mirroredSources(
  mirrored: readonly Mirrored[],
  target: Target,
  maxNestedPaths: number,
): Sources {
  const bySource = Map.groupBy(mirrored, ({ source }) => nameOf(source))
  const readers = new Map<string, RepositoryReader>()
  return {
    open(source) {
      const name = nameOf(source)
      const known = readers.get(name)
      if (known !== undefined) return known
      const places = bySource.get(name) ?? []
      const usual =
        source.kind === 'registry'
          ? [placeRepository(target.address, storedAt(source.reference.path), maxNestedPaths)]
          : []
      const repositories = [...new Set([...places.map(each => each.destination.repository), ...usual])]
      const reader = mirroredReader(name, places, repositories, target)
      readers.set(name, reader)
      return reader
    },
  }
}

function mirroredReader(
  name: string,
  places: readonly Mirrored[],
  repositories: readonly RepositoryPath[],
  target: Target,
): RepositoryReader {
  const holders = repositories.map(repository => target.repository(repository))

  /** The first that has it. */
  async function first<T>(work: (reader: RepositoryReader) => Promise<T>): Promise<T> {
    let fault: unknown = new PlaceError(`${name} was put nowhere, as far as the workspace tells`, {
      status: 404,
    })
    for (const holder of holders) {
      try {
        return await work(holder)
      } catch (error) {
        if (!(error instanceof PlaceError && error.status === 404)) throw error
        fault = error
      }
    }
    throw fault
  }

  /** The one image of a source may have been given another tag. */
  async function resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    for (const holder of holders) {
      const found = await holder.resolve(reference, signal)
      if (found !== undefined) return found
    }
    const [only, ...others] = places
    if (isDigest(reference) || only === undefined || others.length > 0) return undefined
    return target.repository(only.destination.repository).resolve(only.destination.tag, signal)
  }

  return {
    name: `${name} at the target`,
    resolve,
    manifest: (digest, signal): Promise<RawManifest> => first(reader => reader.manifest(digest, signal)),
    blob: (descriptor, signal) => first(reader => reader.blob(descriptor, signal)),
  }
}

function nameOf(source: ImageSource): string {
  return source.kind === 'registry' ? repositoryName(source.reference) : `oci:${source.folder}`
}

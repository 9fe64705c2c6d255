/**
 * What the far side is expected to hold, as a target that can be planned against without reaching it: its state answers
 * for it. Nothing can be written here; what a plan sends goes into an archive.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { TagList, Target, TargetAbilities, TargetRepository } from '../../lib/provider.ts'
import type { State } from '../../lib/state.ts'
import { compareText, formatRepository, type TargetAddress } from '../../lib/target.ts'
import { tagList } from '../layout/index.ts'

export type FarSideState = Pick<State, 'images' | 'manifests' | 'blobs'>

/** Everything may be planned: the far side's own apply finds out what its registry refuses. */
export const FAR_SIDE_ABILITIES: TargetAbilities = {
  deleteTag: 'yes',
  deleteManifest: 'yes',
  sparseIndex: 'yes',
  referrersApi: 'yes',
}

/** @param state of the far side; undefined when nothing was shipped to it yet */
export function openFarSide(address: TargetAddress, state: FarSideState | undefined): Target {
  return {
    address,
    abilities: async () => FAR_SIDE_ABILITIES,
    repository: farSideRepositories(address, state),
  }
}

/** Its repositories; images are sorted into them once. */
export function farSideRepositories(
  address: TargetAddress,
  state: FarSideState | undefined,
): (path: RepositoryPath) => FarSideRepository {
  const images = Map.groupBy(state?.images ?? [], image => image.destination.repository)
  const repositories = new Map<RepositoryPath, FarSideRepository>()
  return path => {
    const known =
      repositories.get(path) ?? new FarSideRepository(address, path, state, images.get(path) ?? [])
    repositories.set(path, known)
    return known
  }
}

export class FarSideRepository implements TargetRepository {
  readonly name: string
  /** Tags of images, and of what is attached to them. */
  readonly named: ReadonlyMap<Tag, Digest>
  readonly #images: State['images']
  readonly #state: FarSideState | undefined

  constructor(
    address: TargetAddress,
    path: RepositoryPath,
    state: FarSideState | undefined,
    images: State['images'],
  ) {
    this.name = `${formatRepository(address, path)}, as its state has it`
    this.#state = state
    this.#images = images
    this.named = new Map(
      images.flatMap(({ destination, digest, attachments }) => [
        ...attachments.flatMap(each => (each.tag === undefined ? [] : [[each.tag, each.digest] as const])),
        [destination.tag, digest] as const,
      ]),
    )
  }

  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    return this.describe(isDigest(reference) ? reference : this.named.get(reference))
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    return tagList(this.named.keys(), limit)
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const attached = this.#images.flatMap(({ attachments }) => attachments)
    const digests = new Set(attached.flatMap(each => (each.subject === subject ? each.digest : [])))
    return [...digests].sort(compareText).flatMap(digest => this.describe(digest) ?? [])
  }

  async hasBlob({ digest, size }: Descriptor): Promise<boolean> {
    return this.#state?.blobs.get(digest) === size
  }

  async manifest(digest: Digest): Promise<RawManifest> {
    throw this.#outOfReach(`read ${digest}`)
  }

  async blob({ digest }: Descriptor): Promise<AsyncIterable<Uint8Array>> {
    throw this.#outOfReach(`read ${digest}`)
  }

  async pushBlob({ digest }: Descriptor): Promise<'mounted' | 'uploaded'> {
    throw this.#outOfReach(`push ${digest}`)
  }

  async pushManifest({ digest }: RawManifest): Promise<void> {
    throw this.#outOfReach(`push ${digest}`)
  }

  async deleteTag(tag: Tag): Promise<void> {
    throw this.#outOfReach(`delete ${tag}`)
  }

  async deleteManifest(digest: Digest): Promise<void> {
    throw this.#outOfReach(`delete ${digest}`)
  }

  /** The manifest as the state describes it. */
  describe(digest: Digest | undefined): Descriptor | undefined {
    const node = digest === undefined ? undefined : this.#state?.manifests.get(digest)
    return node && { mediaType: node.mediaType, digest: node.digest, size: node.size }
  }

  #outOfReach(what: string): PlaceError {
    return new PlaceError(`cannot ${what} in ${this.name}: the far side is out of reach`, {
      status: 404,
      hint: 'write an archive for it: --to file://FOLDER',
    })
  }
}

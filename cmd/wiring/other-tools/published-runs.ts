/**
 * What oc-mirror v1 left at a target: every series of its runs keeps a copy of its metadata there, as the image
 * `oc-mirror:<uid>`. It says what really arrived, which the metadata on a disk does not.
 */
import pLimit from 'p-limit'
import { type MirrorHistory, readMetadata } from '../../../lib/content/history/index.ts'
import { placeRepository } from '../../../lib/graph/naming.ts'
import { isTag, parseRepositoryPath, type RepositoryPath } from '../../../lib/oci/reference.ts'
import type { Target } from '../../../lib/provider.ts'
import { formatRepository } from '../../../lib/target.ts'
import { readMetadataImage } from '../../../providers/oc-mirror/v1-metadata-files.ts'
import type { TargetChoice } from '../target/choose-target.ts'

export interface PublishingPlace {
  readonly choice: Pick<TargetChoice, 'address' | 'maxNestedPaths'>
  readonly places: { readonly target: Target }
}

/** A history and where it was found. */
export interface PublishedRuns {
  readonly history: MirrorHistory
  readonly name: string
}

const METADATA_REPOSITORY = parseRepositoryPath('oc-mirror')
const UID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const CONCURRENCY = 4

/** `registry.example:5000/ocp/oc-mirror` */
export function publishedPlace({ choice }: PublishingPlace): string {
  return formatRepository(choice.address, repositoryOf(choice))
}

/** undefined where the series left nothing. @throws PlanError naming metadata that is damaged, PlaceError */
export async function readPublished(
  uid: string,
  { choice, places }: PublishingPlace,
  signal: AbortSignal,
): Promise<PublishedRuns | undefined> {
  if (!isTag(uid)) return undefined
  const text = await readMetadataImage(places.target.repository(repositoryOf(choice)), uid, signal)
  return text && { history: readMetadata(text.text, text.name), name: text.name }
}

/** Those that say something about later runs, in the order of their uid. @throws as `readPublished` */
export async function readAllPublished(
  place: PublishingPlace,
  signal: AbortSignal,
): Promise<readonly PublishedRuns[]> {
  const list = await place.places.target.repository(repositoryOf(place.choice)).tags(signal)
  const limit = pLimit(CONCURRENCY)
  const uids = (list?.tags ?? []).filter(tag => UID.test(tag)).sort()
  const found = await Promise.all(uids.map(uid => limit(() => readPublished(uid, place, signal))))
  return found.filter(runs => runs !== undefined).filter(({ history }) => !history.isSingleUse)
}

function repositoryOf({ address, maxNestedPaths }: PublishingPlace['choice']): RepositoryPath {
  return placeRepository(address, METADATA_REPOSITORY, maxNestedPaths)
}

/**
 * What the target holds of the images a plan is about to send or adopt: known from the state where it can be trusted,
 * asked for with HEAD elsewhere.
 */
import { blobsBelow, type ManifestStore, manifestsBelow } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { Target } from '../provider.ts'
import type { State } from '../state.ts'
import { destinationKey } from '../target.ts'
import type { Actual, Verdict } from './classify.ts'
import { type Holdings, holdingsOf } from './holdings.ts'
import { needsRepositories } from './missing-repositories.ts'
import { type ManifestQuestion, surveyBlobs, surveyManifests } from './survey.ts'
import { missingManifests } from './transfers.ts'

export interface HoldingsRequest {
  readonly target: Target
  readonly state: State | undefined
  readonly verdicts: readonly Verdict[]
  readonly store: ManifestStore
  readonly actual: Actual
  /** false: nothing is asked, the state alone counts. */
  readonly refresh: boolean
}

export interface SurveyedHoldings {
  readonly holdings: Holdings
  /** Repositories that do not exist yet. */
  readonly absent: ReadonlySet<RepositoryPath>
}

export async function surveyHoldings(
  request: HoldingsRequest,
  signal: AbortSignal,
): Promise<SurveyedHoldings> {
  const holdings = holdingsOf(request.state, driftedFrom(request.state, request.actual))
  if (!request.refresh) return { holdings, absent: new Set() }
  await lookBelowAdopted(request, holdings, signal)
  const absent = await lookForBlobs(request, holdings, signal)
  return { holdings, absent }
}

/** Destinations whose tag does not name what the state says. */
function driftedFrom(state: State | undefined, actual: Actual): ReadonlySet<string> {
  const keys = (state?.images ?? []).flatMap(({ destination, digest }) => {
    const found = actual.get(destinationKey(destination))
    return found !== undefined && found !== digest ? [destinationKey(destination)] : []
  })
  return new Set(keys)
}

/**
 * An adopted tag proves its own manifest. Whether the manifests an index lists are there too is asked: a mirror made
 * with a platform filter lacks some of them.
 */
async function lookBelowAdopted(
  { target, verdicts, store }: HoldingsRequest,
  holdings: Holdings,
  signal: AbortSignal,
): Promise<void> {
  const questions: ManifestQuestion[] = []
  for (const verdict of verdicts) {
    if (verdict.action !== 'adopt') continue
    const { image } = verdict
    const { repository } = image.destination
    addContent(store, holdings, repository, image.digest)
    for (const digest of manifestsBelow(store, image.digest, new Set(image.omitted)))
      if (!holdings.hasManifest(repository, digest)) questions.push({ repository, digest })
  }
  const there = await surveyManifests(target, questions, signal)
  for (const { repository, digest } of there) addContent(store, holdings, repository, digest)
}

/** A repository that holds a manifest holds its blobs. */
function addContent(
  store: ManifestStore,
  holdings: Holdings,
  repository: RepositoryPath,
  digest: Digest,
): void {
  holdings.addManifest(repository, digest)
  for (const blob of store.manifests.get(digest)?.blobs ?? []) holdings.addBlob(repository, blob)
}

/** Gives the repositories that do not exist. */
async function lookForBlobs(
  { target, state, verdicts, store }: HoldingsRequest,
  holdings: Holdings,
  signal: AbortSignal,
): Promise<ReadonlySet<RepositoryPath>> {
  const wanted = new Map<RepositoryPath, Set<Digest>>()
  for (const verdict of verdicts) {
    const { action, image } = verdict
    if (action !== 'add' && action !== 'move' && action !== 'repair' && action !== 'adopt') continue
    const { repository } = image.destination
    const attachments = action === 'adopt' ? [] : image.attachments
    const missing = missingManifests(store, image, attachments, holdings)
    const blobs = [...blobsBelow(store, missing)].filter(digest => !holdings.hasBlob(repository, digest))
    const known = wanted.get(repository) ?? new Set()
    for (const digest of blobs) known.add(digest)
    wanted.set(repository, known)
  }
  const owned = new Set(state?.images.map(({ destination }) => destination.repository))
  const questions = [...wanted].map(([repository, blobs]) => ({
    repository,
    digests: [...blobs],
    exists: holdings.knows(repository),
    isNew: !owned.has(repository) && !needsRepositories(target.address),
  }))
  const found = await surveyBlobs(target, questions, store.blobs, signal)
  for (const [repository, digests] of found)
    for (const digest of digests) holdings.addBlob(repository, digest)
  return new Set([...wanted.keys()].filter(repository => !found.has(repository)))
}

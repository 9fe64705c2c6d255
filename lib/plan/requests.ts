/**
 * Every request of a plan that changes its target, one by one: what a reviewer signs off, and what a recording of the
 * apply is compared with. Pure.
 *
 * An upload is one entry however many HTTP requests the target's dialect needs for it.
 */
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import { EMPTY_BLOB_DIGEST } from './displaced.ts'
import type { Change, Plan } from './plan.ts'

export type PlannedRequest =
  | { readonly do: 'create-project'; readonly project: string }
  | { readonly do: 'upload'; readonly repository: RepositoryPath; readonly digest: Digest }
  | {
      readonly do: 'mount'
      readonly repository: RepositoryPath
      readonly digest: Digest
      readonly from: RepositoryPath
    }
  | {
      readonly do: 'put-manifest'
      readonly repository: RepositoryPath
      readonly reference: Tag | Digest
      readonly digest: Digest
    }
  | { readonly do: 'delete-tag'; readonly repository: RepositoryPath; readonly tag: Tag }
  | { readonly do: 'delete-manifest'; readonly repository: RepositoryPath; readonly digest: Digest }

/** Projects first, then in the order of the plan's changes. */
export function plannedRequests(plan: Plan): readonly PlannedRequest[] {
  const displacing = new Set<RepositoryPath>()
  return [
    ...(plan.projects ?? []).map((project): PlannedRequest => ({ do: 'create-project', project })),
    ...plan.changes.flatMap(change => requestsOf(change, displacing)),
  ]
}

function tried(digest: Digest | undefined, repository: RepositoryPath): readonly PlannedRequest[] {
  return digest === undefined ? [] : [{ do: 'put-manifest', repository, reference: digest, digest }]
}

/** @param displacing repositories that got the empty blob of displaced tags already */
function requestsOf(change: Change, displacing: Set<RepositoryPath>): readonly PlannedRequest[] {
  const { repository } = change.image.destination
  switch (change.action) {
    case 'add':
    case 'move':
    case 'repair':
      return [
        ...tried(change.transfer.trial, repository),
        ...change.transfer.blobs.map(
          (move): PlannedRequest =>
            move.how === 'mount'
              ? { do: 'mount', repository, digest: move.digest, from: move.from }
              : { do: 'upload', repository, digest: move.digest },
        ),
        ...change.transfer.manifests.map(
          ({ digest, tag }): PlannedRequest => ({
            do: 'put-manifest',
            repository,
            reference: tag ?? digest,
            digest,
          }),
        ),
      ]
    case 'delete':
      return change.removal.steps.flatMap((step): readonly PlannedRequest[] => {
        switch (step.do) {
          case 'delete-tag':
            return [{ do: 'delete-tag', repository, tag: step.tag }]
          case 'delete-manifest':
            return [{ do: 'delete-manifest', repository, digest: step.digest }]
          case 'displace-tag': {
            const blob: readonly PlannedRequest[] = displacing.has(repository)
              ? []
              : [{ do: 'upload', repository, digest: EMPTY_BLOB_DIGEST }]
            displacing.add(repository)
            return [
              ...blob,
              { do: 'put-manifest', repository, reference: step.tag, digest: step.with },
              { do: 'delete-manifest', repository, digest: step.with },
            ]
          }
          default:
            return step satisfies never
        }
      })
    case 'adopt':
    case 'keep':
    case 'forget':
      return []
    default:
      return change satisfies never
  }
}

/**
 * Who brings what: several images of a plan share blobs and manifests, and only the first one's change sends them. The
 * others wait here until it has, or until it has ended without, so that they can send the missing piece themselves.
 *
 * A change only ever waits for one that stands before it in the plan, and changes begin in that order: nobody waits
 * in a circle.
 */
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { Change } from '../plan/plan.ts'

export interface Deliveries {
  /**
   * true once the piece is in the repository; false when the change that should have brought it ended without. A piece
   * that no other change brings is taken to be there.
   */
  arrival(waiting: Change, repository: RepositoryPath, digest: Digest): Promise<boolean>
  arrived(repository: RepositoryPath, digest: Digest): void
  /** The change has ended, one way or the other: what it has not brought until now will not come. */
  end(change: Change): void
}

interface Delivery {
  readonly by: Change
  readonly outcome: Promise<boolean>
  readonly settle: (arrived: boolean) => void
}

export function createDeliveries(changes: readonly Change[]): Deliveries {
  const deliveries = new Map<string, Delivery>()
  const byChange = new Map<Change, Delivery[]>()
  for (const change of changes) {
    if (!('transfer' in change)) continue
    const { repository } = change.image.destination
    const own: Delivery[] = []
    for (const { digest } of [...change.transfer.blobs, ...change.transfer.manifests]) {
      const key = `${repository}@${digest}`
      if (deliveries.has(key)) continue
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const delivery = { by: change, outcome: promise, settle: resolve }
      deliveries.set(key, delivery)
      own.push(delivery)
    }
    byChange.set(change, own)
  }
  return {
    async arrival(waiting, repository, digest) {
      const delivery = deliveries.get(`${repository}@${digest}`)
      return delivery === undefined || delivery.by === waiting || delivery.outcome
    },
    arrived(repository, digest) {
      deliveries.get(`${repository}@${digest}`)?.settle(true)
    },
    end(change) {
      for (const delivery of byChange.get(change) ?? []) delivery.settle(false)
    },
  }
}

/**
 * Carries out one delete, step by step as planned, after making sure that nothing but what the plan lists would go:
 * the tag still names what it named, and no new tag has appeared on a digest that is about to be deleted.
 */
import { PlanError } from '../errors.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import { displacedManifest, EMPTY_BLOB, EMPTY_BLOB_DIGEST } from '../plan/displaced.ts'
import type { Change, RemovalStep } from '../plan/plan.ts'
import { surveyRepository } from '../plan/survey.ts'
import { formatDestination, formatRepository } from '../target.ts'
import { type ApplyContext, throwIfStopping } from './context.ts'

export type DeleteChange = Extract<Change, { action: 'delete' }>

/** Removes the images of one repository one after the other: what goes with one may be a step of another. */
export interface RepositoryRemover {
  remove(change: DeleteChange): Promise<'done' | 'already'>
}

export function createRemover(context: ApplyContext, repository: RepositoryPath): RepositoryRemover {
  const place = context.target.repository(repository)
  const { signal } = context
  let surveyed: Map<Tag, Digest> | undefined

  /** Every tag the repository has: asked for once, before the first manifest goes, and kept true from then on. */
  async function currentTags(): Promise<Map<Tag, Digest>> {
    surveyed ??= new Map(await surveyRepository(context.target, repository, new Map(), signal))
    return surveyed
  }

  async function remove(change: DeleteChange): Promise<'done' | 'already'> {
    throwIfStopping(context)
    const { destination, digest } = change.image
    const where = formatDestination(context.target.address, destination)
    const found = (await place.resolve(destination.tag, signal))?.digest
    if (found !== undefined && found !== digest)
      throw new PlanError(
        `${where} changed since the plan was made: it is ${shortDigest(found)}, not ${shortDigest(digest)}`,
        {
          hint: 'nothing was deleted; plan again and review what changed',
        },
      )
    if (found !== undefined) for (const step of change.removal.steps) await carryOut(step)
    if (found !== undefined && (await place.resolve(destination.tag, signal)) !== undefined)
      throw new PlanError(`${where} is still there after it was deleted`, {
        hint: 'the registry answered that it deleted the tag; look at its log, then plan again',
      })
    await context.record({ did: 'remove', destination, as: 'delete' })
    return found === undefined ? 'already' : 'done'
  }

  async function carryOut(step: RemovalStep): Promise<void> {
    switch (step.do) {
      case 'delete-tag':
        await place.deleteTag(step.tag, signal)
        surveyed?.delete(step.tag)
        return
      case 'delete-manifest': {
        await assertOnlyReleased(step.digest, step.releases)
        await place.deleteManifest(step.digest, signal)
        for (const tag of step.releases) surveyed?.delete(tag)
        return
      }
      case 'displace-tag': {
        const manifest = displacedManifest(repository, step.tag)
        const blob = { mediaType: manifest.mediaType, digest: EMPTY_BLOB_DIGEST, size: EMPTY_BLOB.length }
        if (!(await place.hasBlob(blob, signal)))
          await place.pushBlob(blob, { open: async () => emptyBlob() }, signal)
        await place.pushManifest(manifest, step.tag, signal)
        await place.deleteManifest(manifest.digest, signal)
        surveyed?.delete(step.tag)
        return
      }
      default:
        step satisfies never
    }
  }

  async function assertOnlyReleased(digest: Digest, releases: readonly Tag[]): Promise<void> {
    const extra = [...(await currentTags())].filter(
      ([tag, named]) => named === digest && !releases.includes(tag),
    )
    if (extra.length === 0) return
    const names = extra.map(([tag]) => tag).join(', ')
    throw new PlanError(
      `${formatRepository(context.target.address, repository)}: ${names} appeared on ${shortDigest(digest)} since the plan was made and would be deleted with it`,
      { hint: 'nothing was deleted; plan again, and the tag will be spared' },
    )
  }

  return { remove }
}

async function* emptyBlob(): AsyncGenerator<Uint8Array, void, undefined> {
  yield EMPTY_BLOB
}

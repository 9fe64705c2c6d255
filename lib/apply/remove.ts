/**
 * Carries out one delete, step by step as planned, after making sure that nothing but what the plan lists would go: the
 * image is still ours, nothing new asks for it, its tag names what it named, and no digest that is to be deleted has got a
 * new tag or has become part of something that stays. All of that is looked at before the first step.
 */
import { PlanError } from '../errors.ts'
import { closureOf } from '../graph/graph.ts'
import { addedOrigins, describeOrigin } from '../graph/origins.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import { type Census, takeCensus } from '../plan/census.ts'
import { displacedManifest, EMPTY_BLOB, EMPTY_BLOB_DIGEST } from '../plan/displaced.ts'
import type { Change, Plan, RemovalStep } from '../plan/plan.ts'
import type { State } from '../state.ts'
import { destinationKey, formatDestination, formatRepository } from '../target.ts'
import { type ApplyContext, throwIfStopping } from './context.ts'

export type DeleteChange = Extract<Change, { action: 'delete' }>

/** Removes the images of one repository one after the other: what goes with one may be a step of another. */
export interface RepositoryRemover {
  remove(change: DeleteChange): Promise<'done' | 'already'>
}

export function createRemover(
  context: ApplyContext,
  repository: RepositoryPath,
  state: State,
  plan: Plan,
): RepositoryRemover {
  const place = context.target.repository(repository)
  const { signal } = context
  const planned = plan.changes.filter(({ image }) => image.destination.repository === repository)
  const ours = state.images.filter(image => image.destination.repository === repository)
  const held = new Map(ours.map(image => [destinationKey(image.destination), image]))
  const leaving = planned.flatMap(({ action, image }) => (action === 'delete' ? [image] : []))
  const wishes = new Map(
    leaving.flatMap(({ destination, origins }) => {
      const key = destinationKey(destination)
      const [wish] = addedOrigins(held.get(key)?.origins ?? [], origins)
      return wish === undefined ? [] : [[key, wish] as const]
    }),
  )
  const going = new Set(
    leaving.map(({ destination }) => destinationKey(destination)).filter(key => !wishes.has(key)),
  )
  const sent = planned.filter(({ action }) => action !== 'delete' && action !== 'forget')
  const needed = new Set([
    ...ours
      .filter(image => !going.has(destinationKey(image.destination)))
      .flatMap(image => closureOf(state, image)),
    ...sent.flatMap(({ image }) => closureOf(plan, image)),
  ])
  /** Tags that went with a manifest or by themselves since the census. */
  const gone = new Set<Tag>()
  let census: Promise<Census> | undefined
  let hasEmptyBlob = false

  async function remove(change: DeleteChange): Promise<'done' | 'already'> {
    throwIfStopping(context)
    const { destination, digest } = change.image
    const where = formatDestination(context.target.address, destination)
    const found = (await place.resolve(destination.tag, signal))?.digest
    const isHeld = held.get(destinationKey(destination))?.digest === digest
    const wish = wishes.get(destinationKey(destination))
    if (wish !== undefined)
      throw changed(`${where} is asked for by ${describeOrigin(wish)} since the plan was made`)
    if (found !== undefined && !isHeld)
      throw changed(`${where} is no longer an image that the state holds at ${shortDigest(digest)}`)
    if (found !== undefined && found !== digest)
      throw changed(
        `${where} changed since the plan was made: it is ${shortDigest(found)}, not ${shortDigest(digest)}`,
      )
    const wentBefore = gone.has(destination.tag)
    if (found !== undefined) await carryOutAll(change.removal.steps)
    if (found !== undefined && (await place.resolve(destination.tag, signal)) !== undefined)
      throw new PlanError(`${where} is still there after it was deleted`, {
        hint: 'the registry answered that it deleted the tag; look at its log, then plan again',
      })
    if (isHeld) await context.record({ did: 'remove', destination, as: 'delete' })
    return found === undefined && !wentBefore ? 'already' : 'done'
  }

  async function carryOutAll(steps: readonly RemovalStep[]): Promise<void> {
    const deletes = steps.filter(step => step.do === 'delete-manifest')
    if (deletes.length > 0) {
      census ??= takeCensus(place, [...ours, ...sent.map(({ image }) => image)], new Map(), signal)
      const { tags, foreign } = await census
      for (const { digest, releases } of deletes) assertUnused(digest, releases, tags, foreign)
    }
    for (const step of steps) await carryOut(step)
  }

  async function carryOut(step: RemovalStep): Promise<void> {
    switch (step.do) {
      case 'delete-tag':
        await place.deleteTag(step.tag, signal)
        gone.add(step.tag)
        return
      case 'delete-manifest':
        await place.deleteManifest(step.digest, signal)
        for (const tag of step.releases) gone.add(tag)
        return
      case 'displace-tag': {
        const manifest = displacedManifest(repository, step.tag)
        await sendEmptyBlob()
        await place.pushManifest(manifest, step.tag, signal)
        await place.deleteManifest(manifest.digest, signal)
        gone.add(step.tag)
        return
      }
      default:
        step satisfies never
    }
  }

  /** Sent without asking, once for the repository, as the plan says. */
  async function sendEmptyBlob(): Promise<void> {
    if (hasEmptyBlob) return
    const blob = {
      mediaType: 'application/octet-stream',
      digest: EMPTY_BLOB_DIGEST,
      size: EMPTY_BLOB.length,
    }
    await place.pushBlob(blob, { open: async () => emptyBlob() }, signal)
    hasEmptyBlob = true
  }

  function assertUnused(
    digest: Digest,
    releases: readonly Tag[],
    tags: ReadonlyMap<Tag, Digest>,
    foreign: ReadonlySet<Digest>,
  ): void {
    const where = `${formatRepository(context.target.address, repository)}@${shortDigest(digest)}`
    const extra = [...tags].flatMap(([tag, named]) =>
      named === digest && !gone.has(tag) && !releases.includes(tag) ? [tag] : [],
    )
    if (extra.length > 0)
      throw changed(
        `${where}: ${extra.join(', ')} appeared on it since the plan was made and would be deleted with it`,
      )
    if (foreign.has(digest) || needed.has(digest))
      throw changed(`${where} has become part of an image that stays since the plan was made`)
  }

  return { remove }
}

function changed(message: string): PlanError {
  return new PlanError(message, { hint: 'nothing was deleted; plan again and review what changed' })
}

async function* emptyBlob(): AsyncGenerator<Uint8Array, void, undefined> {
  yield EMPTY_BLOB
}

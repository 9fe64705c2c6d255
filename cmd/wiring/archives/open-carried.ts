/**
 * The far side of a gap: archives that were carried here, opened and held against each other, the target and its state.
 */
import type { KeptDocument } from '../../../lib/content/documents.ts'
import { PlanError, UsageError } from '../../../lib/errors.ts'
import { blobsBelow, closureOf } from '../../../lib/graph/graph.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { lineageOf } from '../../../lib/plan/lineage.ts'
import type { ArchiveSource, Plan, PlanSource } from '../../../lib/plan/plan.ts'
import { decodePlan } from '../../../lib/plan/plan-file.ts'
import type { RepositoryReader, Sources, Target } from '../../../lib/provider.ts'
import type { ArchiveRecord, State } from '../../../lib/state.ts'
import { formatTarget, type TargetAddress } from '../../../lib/target.ts'
import { type Archive, carriedSources, type HeldAt, openArchive } from '../../../providers/archive/index.ts'
import { readText } from '../read-text.ts'

export interface CarriedArchive {
  readonly archive: Archive
  readonly record: ArchiveRecord
  readonly earlier: readonly ArchiveRecord[]
}

export interface Carried {
  /** Newest first; at least one. */
  readonly all: readonly [CarriedArchive, ...CarriedArchive[]]
  /** Whether they were written for this very target. */
  readonly isOurs: boolean
  /** Of the state they were written for. */
  readonly lineage: string | undefined
  readonly from: readonly ArchiveSource[]
  has(digest: Digest): boolean
}

/** @throws UsageError, ArchiveError, PlanError when they are for different states, or for another than this */
export async function openCarried(
  folders: readonly string[],
  address: TargetAddress,
  state: State | undefined,
  keyPath: string | undefined,
): Promise<Carried> {
  const verifyKey = keyPath === undefined ? undefined : await readText(keyPath, 'key')
  const opened = await Promise.all(
    [...new Set(folders)].map(async folder => recordOf(await openArchive(folder, { verifyKey }))),
  )
  const [newest, ...others] = opened.sort((a, b) => b.record.number - a.record.number)
  if (newest === undefined) throw new UsageError('no archive', { hint: 'name one with --from file://DIR' })
  const lineage = lineageIn(newest)
  for (const other of others) refuseOther(newest, other)
  const isOurs = formatTarget(newest.archive.contents.target) === formatTarget(address)
  if (isOurs && state !== undefined && state.lineage !== lineage)
    throw new PlanError(
      `${newest.archive.name} was written for another state of ${formatTarget(address)}: its lineage is ${lineage}, this state's is ${state.lineage}`,
      {
        hint: 'carry a receipt of this site to the near side and plan there with --against, or name the right state with --state',
      },
    )
  const all = [newest, ...others] as const
  return {
    all: [newest, ...others],
    isOurs,
    lineage: isOurs ? lineage : undefined,
    from: all.map(({ archive: { folder, contents }, record }) => ({
      folder,
      id: contents.id,
      ...(isOurs && { record }),
    })),
    has: digest => all.some(({ archive }) => archive.has(digest)),
  }
}

/** The same archives again, for a plan that was made from them. @throws PlanError when one is another by now */
export async function openPlanned(sources: readonly PlanSource[]): Promise<readonly Archive[]> {
  return Promise.all(
    sources.map(async ({ folder, id }) => {
      const archive = await openArchive(folder)
      if (archive.contents.id === id) return archive
      throw new PlanError(`${archive.name} is not the archive that the plan was made from`, {
        hint: 'put the medium with that archive in its place, or plan again from the one that is there',
      })
    }),
  )
}

/** What the archives left out because the target has it already is read there, by what its state says. */
export function openCarriedSources(
  archives: readonly Archive[],
  state: State | undefined,
  target: Target,
): Sources {
  return carriedSources(archives, heldAt(state, target))
}

/** Repositories of the target by what they hold. */
export function heldAt(state: State | undefined, target: Target): HeldAt {
  const places = new Map<Digest, RepositoryReader>()
  for (const image of state?.images ?? []) {
    if (state === undefined) continue
    const place = target.repository(image.destination.repository)
    const manifests = closureOf(state, image)
    for (const digest of [...manifests, ...blobsBelow(state, manifests)]) places.set(digest, place)
  }
  return digest => places.get(digest)
}

function recordOf(archive: Archive): CarriedArchive {
  const { plan, round, id } = archive.contents
  if (plan !== undefined && round !== undefined)
    return { archive, record: { id, number: round.number, plan }, earlier: round.earlier }
  throw new PlanError(`${archive.name} does not say which archive it is of its target`, {
    hint: 'archives that can be imported are written by `mirrorform apply` of a plan --to file://DIR',
  })
}

/** Update graphs, signatures and other documents that the choice of the images was made with. */
export async function documentsIn(carried: Carried): Promise<readonly KeptDocument[]> {
  const plans = await Promise.all(carried.all.map(({ archive }) => planIn(archive)))
  return plans.flatMap(plan => plan?.documents ?? [])
}

/** The plan that the archive was written from. @throws PlanError when it cannot be read */
export async function planIn(archive: Archive): Promise<Plan | undefined> {
  const record = archive.contents.documents.find(({ kind }) => kind === 'plan')
  if (record === undefined) return undefined
  const text = Buffer.from(await archive.document(record)).toString()
  return decodePlan(text, `${record.name} in ${archive.name}`)
}

function lineageIn({ archive: { contents }, record }: CarriedArchive): string {
  return contents.lineage ?? lineageOf(record.plan)
}

function refuseOther(newest: CarriedArchive, other: CarriedArchive): void {
  const [a, b] = [newest.archive, other.archive]
  if (lineageIn(newest) === lineageIn(other)) return
  throw new PlanError(
    `${a.name} is for ${formatTarget(a.contents.target)}, ${b.name} for ${formatTarget(b.contents.target)}, or for another state of it`,
    { hint: 'import archives of different states one after the other, each with its own target' },
  )
}

/**
 * What a plan refuses to be: one that touches other people's images, deletes more than anybody meant, or asks of the
 * target what it cannot do. Pure; each guard returns the refusals it found, so that all are shown at once.
 */
import type { ImageContent, Origin } from '../graph/graph.ts'
import { shortDigest } from '../oci/digest.ts'
import type { StateImage } from '../state.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import type { Verdict } from './classify.ts'

/** Images named in one message. */
const NAMED = 3

/** Why there can be no plan, with what to do about it. */
export interface Refusal {
  readonly message: string
  readonly hint: string
}

export interface MassDeleteRule {
  /** Percent of the owned images that may go without being asked for explicitly. */
  readonly maxDeletePercent: number
  readonly allowed: boolean
}

/** Destinations that hold an image the state does not know. */
export function refuseConflicts(target: TargetAddress, verdicts: readonly Verdict[]): readonly Refusal[] {
  return verdicts.flatMap(verdict =>
    verdict.action === 'conflict'
      ? [
          {
            message: `${formatDestination(target, verdict.image.destination)} holds an image that is not ours: ${shortDigest(verdict.found)}, wanted ${shortDigest(verdict.image.digest)} from ${verdict.image.source}`,
            hint: 'if it may be replaced, take it into the state with `mirrorform import` and plan again; else give the image another targetRepo or targetTag',
          },
        ]
      : [],
  )
}

/** More than the allowed share of the owned images (and more than one), or the last image of a content kind. */
export function refuseMassDelete(
  held: readonly StateImage[],
  deleted: readonly StateImage[],
  kept: readonly ImageContent[],
  rule: MassDeleteRule,
): readonly Refusal[] {
  if (rule.allowed || deleted.length === 0) return []
  const hint = 'if this is meant, plan again with --allow-mass-delete; the plan records it'
  const refusals: Refusal[] = []
  const percent = (100 * deleted.length) / held.length
  if (deleted.length > 1 && percent > rule.maxDeletePercent)
    refusals.push({
      message: `the plan would delete ${deleted.length} of ${held.length} owned images (${Math.round(percent)} %; more than ${rule.maxDeletePercent} % is refused)`,
      hint,
    })
  const left = kindsOf(kept)
  for (const kind of kindsOf(deleted))
    if (!left.has(kind))
      refusals.push({ message: `the plan would delete every ${describeKind(kind)} there is`, hint })
  return refusals
}

const SPARSE_HINT =
  'plan with --platform-index rewrite to make a smaller index (its digest differs and signatures of the index no longer match), leave out `platforms`, or, if the registry does accept it, say --sparse-index yes'
const SPARSE_MAPPED_HINT =
  "leave out --keep-manifest-list to make a smaller index (its digest differs and signatures of the index no longer match), mirror it whole with --filter-by-os='.*', or, if the registry does accept it, plan with --sparse-index yes"

/** An index some of whose children are left out, for a target that checks that all are there. */
export function refuseSparse(target: TargetAddress, images: readonly ImageContent[]): readonly Refusal[] {
  const sparse = images.filter(image => image.omitted.length > 0)
  const first = sparse[0]
  if (first === undefined) return []
  const more = sparse.length > 1 ? ` and ${sparse.length - 1} more` : ''
  const isMapped = first.origins.some(({ kind }) => kind === 'mapping')
  return [
    {
      message: `the target refuses an index with missing children: ${formatDestination(target, first.destination)} (${first.platforms.join(', ')})${more}`,
      hint: isMapped ? SPARSE_MAPPED_HINT : SPARSE_HINT,
    },
  ]
}

/** Deletes are wanted and the target does none. */
export function refuseDeletes(
  target: TargetAddress,
  deleted: readonly StateImage[],
  { onlyDeletes = false }: { readonly onlyDeletes?: boolean | undefined } = {},
): readonly Refusal[] {
  if (deleted.length === 0) return []
  const otherwise = onlyDeletes ? '' : ', or plan with --skip-deletes to leave them where they are'
  return [
    {
      message: `the target has deletes disabled (405): ${namesOf(target, deleted)} cannot be deleted`,
      hint: `enable deletes there (docker-registry: storage.delete.enabled, or REGISTRY_STORAGE_DELETE_ENABLED=true)${otherwise}`,
    },
  ]
}

/** The first few by name, the others counted. */
function namesOf(target: TargetAddress, images: readonly StateImage[]): string {
  const names = images.slice(0, NAMED).map(image => formatDestination(target, image.destination))
  const more = images.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function kindsOf(images: readonly { readonly origins: readonly Origin[] }[]): ReadonlySet<Origin['kind']> {
  return new Set(images.flatMap(image => image.origins.map(origin => origin.kind)))
}

function describeKind(kind: Origin['kind']): string {
  switch (kind) {
    case 'additionalImage':
      return 'additional image'
    case 'release':
      return 'image of a release'
    case 'graphData':
      return 'update graph data image'
    case 'catalog':
      return 'operator catalog'
    case 'bundle':
      return 'image of an operator'
    case 'sample':
      return 'image of a sample'
    case 'chart':
      return 'image of a helm chart'
    case 'mapping':
      return 'mapped image'
    default:
      return kind satisfies never
  }
}

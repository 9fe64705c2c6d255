/** Plans what is sent: turns each add, adopt, move and repair verdict into a change with its transfer. */
import type { Attachment, ImageContent, ManifestStore } from '../graph/graph.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { Target } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { destinationKey } from '../target.ts'
import { type AttachmentSurvey, surveyAttachments } from './attachment-survey.ts'
import { descriptionNews, newAttachments, sameDescription, type Verdict } from './classify.ts'
import { leadersFirst } from './leaders.ts'
import { leftBehind } from './left-behind.ts'
import type { Change } from './plan.ts'
import type { TransferPlanner } from './transfers.ts'

export interface SendRequest {
  readonly verdicts: readonly Verdict[]
  readonly planner: TransferPlanner
  readonly store: ManifestStore
  readonly target: Target
  readonly state: State | undefined
  readonly refresh: boolean
  /** Repositories that do not exist yet: nothing can be attached to an image there. */
  readonly absent: ReadonlySet<RepositoryPath>
}

export interface PlannedSends {
  readonly changes: readonly Change[]
  readonly notes: readonly string[]
}

type SendVerdict = Extract<Verdict, { action: 'add' | 'adopt' | 'move' | 'repair' }>

/**
 * Changes in the order of destinations. The first image that is looked at leads, which is to say that it copies the
 * blobs which later ones mount; so those come first that share most.
 */
export async function planSends(request: SendRequest, signal: AbortSignal): Promise<PlannedSends> {
  const before = new Map(request.state?.images.map(image => [destinationKey(image.destination), image]))
  const sends = request.verdicts.filter(isSend)
  const surveys = await Promise.all(
    sends.map(({ image }) => survey(request, image, before.get(destinationKey(image.destination)), signal)),
  )
  const changes = new Map<SendVerdict, Change>()
  const answers = new Map(sends.map((verdict, at) => [verdict, surveys[at]]))
  for (const verdict of leadersFirst(request.store, sends)) {
    const known = before.get(destinationKey(verdict.image.destination))
    const answer = answers.get(verdict)
    if (answer !== undefined) changes.set(verdict, planSend(verdict, known, answer, request.planner))
  }
  return {
    changes: sends.flatMap(verdict => changes.get(verdict) ?? []),
    notes: [...surveys.flatMap(({ notes }) => notes), ...leftBehind(request.target.address, sends, before)],
  }
}

function planSend(
  verdict: SendVerdict,
  known: StateImage | undefined,
  { missing, foreign }: AttachmentSurvey,
  planner: TransferPlanner,
): Change {
  const image = withoutForeign(verdict.image, foreign)
  const rootIsThere =
    verdict.action === 'adopt' || (verdict.action === 'add' && known?.digest === image.digest)
  const transfer = planner.transfer(image, { pushRoot: !rootIsThere, attachments: missing })
  if (rootIsThere && transfer.manifests.length === 0) return settled(image, known)
  if (verdict.action !== 'adopt') return { ...verdict, image, transfer }
  const reason = 'the image is there already, but not all that belongs to it'
  return { action: 'add', image, expect: verdict.expect, reason, transfer }
}

/** Nothing to send: adopted as it is, or, when only somebody else's attachment differs, kept. */
function settled(image: ImageContent, known: StateImage | undefined): Change {
  const isKnown =
    known?.digest === image.digest &&
    sameDescription(image, known) &&
    newAttachments(image.attachments, known.attachments).length === 0
  if (isKnown)
    return { action: 'keep', image: known, reason: 'an attachment at the target is not from the source' }
  const reason = known?.digest === image.digest ? descriptionNews(image, known) : undefined
  return { action: 'adopt', image, expect: image.digest, ...(reason !== undefined && { reason }) }
}

/** With `refresh: false` nothing is asked: what the state does not have is taken to be missing. */
async function survey(
  { target, refresh, absent }: SendRequest,
  image: ImageContent,
  before: StateImage | undefined,
  signal: AbortSignal,
): Promise<AttachmentSurvey> {
  if (absent.has(image.destination.repository)) return { missing: image.attachments, foreign: [], notes: [] }
  if (refresh) return surveyAttachments(target, image, before, signal)
  const missing = newAttachments(image.attachments, before?.attachments ?? [])
  return { missing, foreign: [], notes: [] }
}

function withoutForeign(image: ImageContent, foreign: readonly Attachment[]): ImageContent {
  if (foreign.length === 0) return image
  return { ...image, attachments: image.attachments.filter(attachment => !foreign.includes(attachment)) }
}

function isSend(verdict: Verdict): verdict is SendVerdict {
  switch (verdict.action) {
    case 'add':
    case 'adopt':
    case 'move':
    case 'repair':
      return true
    case 'keep':
    case 'delete':
    case 'forget':
    case 'conflict':
      return false
    default:
      return verdict satisfies never
  }
}

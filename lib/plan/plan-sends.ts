/** Plans what is sent: turns each add, adopt, move and repair verdict into a change with its transfer. */
import type { Attachment, ImageContent } from '../graph/graph.ts'
import type { Target } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { destinationKey } from '../target.ts'
import { type AttachmentSurvey, surveyAttachments } from './attachment-survey.ts'
import { newAttachments, sameDescription, type Verdict } from './classify.ts'
import type { Change } from './plan.ts'
import type { TransferPlanner } from './transfers.ts'

export interface SendRequest {
  readonly verdicts: readonly Verdict[]
  readonly planner: TransferPlanner
  readonly target: Target
  readonly state: State | undefined
  readonly refresh: boolean
}

export interface PlannedSends {
  readonly changes: readonly Change[]
  readonly notes: readonly string[]
}

type SendVerdict = Extract<Verdict, { action: 'add' | 'adopt' | 'move' | 'repair' }>

/** In the order of destinations, because the first change that needs a blob is the one that copies it. */
export async function planSends(request: SendRequest, signal: AbortSignal): Promise<PlannedSends> {
  const before = new Map(request.state?.images.map(image => [destinationKey(image.destination), image]))
  const changes: Change[] = []
  const notes: string[] = []
  const sends = request.verdicts.filter(isSend)
  const surveys = await Promise.all(
    sends.map(({ image }) => survey(request, image, before.get(destinationKey(image.destination)), signal)),
  )
  sends.forEach((verdict, at) => {
    const known = before.get(destinationKey(verdict.image.destination))
    const answer = surveys[at]
    if (answer === undefined) return
    notes.push(...answer.notes)
    changes.push(planSend(verdict, known, answer, request.planner))
  })
  return { changes, notes }
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
  return { action: 'adopt', image, expect: image.digest }
}

/** With `refresh: false` nothing is asked: what the state does not have is taken to be missing. */
async function survey(
  { target, refresh }: SendRequest,
  image: ImageContent,
  before: StateImage | undefined,
  signal: AbortSignal,
): Promise<AttachmentSurvey> {
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

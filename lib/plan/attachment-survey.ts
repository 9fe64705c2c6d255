/**
 * Looks at the tags of attachments before they are written: a signature's tag at the target may carry what somebody
 * else added there (a mirror that signs with its own key), and that is never overwritten.
 */
import type { Attachment, ImageContent } from '../graph/graph.ts'
import type { Target } from '../provider.ts'
import type { StateImage } from '../state.ts'
import { formatRepository } from '../target.ts'

export interface AttachmentSurvey {
  /** Those the target lacks, or holds as we left them: to be pushed. */
  readonly missing: readonly Attachment[]
  /** Those whose tag somebody else has put on other content: left alone, and not ours. */
  readonly foreign: readonly Attachment[]
  readonly notes: readonly string[]
}

export async function surveyAttachments(
  target: Target,
  image: ImageContent,
  before: StateImage | undefined,
  signal: AbortSignal,
): Promise<AttachmentSurvey> {
  const place = target.repository(image.destination.repository)
  const ours = new Map(before?.attachments.map(({ tag, digest }) => [tag, digest]))
  const found = await Promise.all(
    image.attachments.map(({ tag, digest }) => place.resolve(tag ?? digest, signal)),
  )
  const missing: Attachment[] = []
  const foreign: Attachment[] = []
  image.attachments.forEach((attachment, at) => {
    const there = found[at]?.digest
    if (there === attachment.digest) return
    if (there === undefined || there === ours.get(attachment.tag)) missing.push(attachment)
    else foreign.push(attachment)
  })
  const where = formatRepository(target.address, image.destination.repository)
  const notes = foreign.map(
    ({ tag }) => `${where}:${tag} carries something that is not from the source; it is left as it is`,
  )
  return { missing, foreign, notes }
}

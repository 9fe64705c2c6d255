/**
 * Images that could not be resolved -> one error that says of each what it is, who wants it and what went wrong.
 *
 * Thousands of components can fail for one reason: the same failure is told once, with the first that wants it.
 */
import { hintOf, messageOf, PlanError } from '../errors.ts'
import { formatSource, type PlacedImage } from './naming.ts'
import { describeOrigin } from './origins.ts'

export interface ResolveFailure {
  readonly image: PlacedImage
  readonly error: unknown
}

/** Failures told one by one; what comes after them is counted. */
const TOLD = 100

/** One error for all images that could not be resolved: each with its message, and every hint once. */
export function resolveError(failures: readonly ResolveFailure[]): PlanError {
  const byMessage = Map.groupBy(failures, ({ error }) => messageOf(error))
  const lines = [...byMessage].map(([message, same]) => lineOf(message, same))
  const more = lines.length - TOLD
  const hints = new Set(failures.flatMap(({ error }) => hintOf(error) ?? []))
  return new PlanError(
    [...lines.slice(0, TOLD), ...(more > 0 ? [`and ${more} more like these`] : [])].join('\n'),
    {
      cause: failures[0]?.error,
      hint: hints.size > 0 ? [...hints].join('\n') : undefined,
    },
  )
}

/** An additional image or mapping is known by its source, which the message names; anything else by what asks for it. */
function lineOf(message: string, failures: readonly ResolveFailure[]): string {
  const first = failures[0]?.image
  const origin = first?.origins.find(({ kind }) => kind !== 'additionalImage' && kind !== 'mapping')
  if (first === undefined || origin === undefined) return message
  const others = failures.reduce((sum, { image }) => sum + image.origins.length, -1)
  const wantedBy = `${describeOrigin(origin)}${others > 0 ? ` and ${others} more` : ''}`
  const source = formatSource(first.source)
  return message.includes(source) ? `${wantedBy}: ${message}` : `${wantedBy}: ${source}: ${message}`
}

/** Problems of input files and errors of any kind, as they are shown to the user: what, where, why, what to try. */
import { ConfigError, formatProblem, type Problem } from '../config/problem.ts'
import { hintOf, MirrorformError, messageOf } from '../errors.ts'
import { printable, wrap } from './fit.ts'
import { countOf } from './quantities.ts'
import type { Style } from './style.ts'

/** Every problem with its line and hint, then how many there are. */
export function renderProblems(problems: readonly Problem[], style: Style): string {
  const files = new Set(problems.map(problem => problem.path))
  const texts = problems.map(problem => styleProblem(formatProblem(problem), problem, style))
  const total = `${countOf(problems.length, 'problem')} in ${countOf(files.size, 'file')}`
  return [...texts, style.failure(total)].join('\n')
}

function styleProblem(text: string, { path, line, column }: Problem, style: Style): string {
  const place = `${path}:${line}:${column}:`
  return text
    .split('\n')
    .map((row, at) => {
      if (at === 0) return style.strong(place) + row.slice(place.length)
      if (row.startsWith('  Hint: ')) return style.hint(row)
      return style.faint(row)
    })
    .join('\n')
}

/** Lines of a message shown in full. */
const MESSAGE_LINES = 20

/**
 * `Error: …`, the first cause where it says more than the message, and `Hint: …`. Configuration errors are shown as
 * their problems.
 */
export function renderError(error: unknown, { style, width }: { style: Style; width: number }): string {
  if (error instanceof ConfigError) return renderProblems(error.problems, style)
  const message = firstLines(printable(messageOf(error)).trim() || 'unknown error')
  const cause = firstCause(error, message)
  const hint = hintOf(error)
  return [
    ...wrap(`Error: ${message}`, width, 2).map((line, at) =>
      at === 0 ? style.failure('Error:') + line.slice('Error:'.length) : line,
    ),
    ...(cause === undefined ? [] : wrap(`  Cause: ${cause}`, width, 2)),
    ...(hint === undefined ? [] : wrap(`Hint: ${printable(hint)}`, width, 2).map(style.hint)),
  ].join('\n')
}

/** A source that is down fails every image it has, each with a line of its own. */
function firstLines(text: string): string {
  const lines = text.split('\n')
  if (lines.length <= MESSAGE_LINES + 1) return text
  return [
    ...lines.slice(0, MESSAGE_LINES),
    `… ${lines.length - MESSAGE_LINES} more: --json lists them all`,
  ].join('\n')
}

/** The innermost cause that has something to say which `known` does not already hold. */
function firstCause(error: unknown, known: string): string | undefined {
  let found: string | undefined
  const seen = new Set<unknown>()
  for (let at = causeOf(error); at !== undefined && !seen.has(at); at = causeOf(at)) {
    seen.add(at)
    const message = printable(messageOf(at)).trim()
    if (message !== '' && !known.includes(message) && !isToldInWords(error, at, known)) found = message
  }
  return found
}

/**
 * Errors of the system and of parsers carry a code or a position that our errors put into words; of them only an
 * address that the message does not name is news.
 */
function isToldInWords(error: unknown, cause: unknown, known: string): boolean {
  if (!(error instanceof MirrorformError) || cause instanceof MirrorformError) return false
  if (cause instanceof SyntaxError) return true
  if (!(cause instanceof Error) || !('code' in cause)) return false
  return !('address' in cause && typeof cause.address === 'string' && !known.includes(cause.address))
}

function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors[0]
  return error instanceof Error ? error.cause : undefined
}

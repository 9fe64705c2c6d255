/**
 * Problems of an input file, and the error that carries all of them to the user.
 *
 * A problem knows where it is: path, line and column (both counted from 1, columns in UTF-16 units as editors count
 * them) and the line itself. One run reports every problem of a file, so that it is mended once and not line by line.
 */
import { MirrorformError, withoutLogins } from '../errors.ts'
import { shownLine } from './shown-line.ts'

/** An input file as the caller read it. `path` is only for messages; nothing here touches the disk. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/**
 * `syntax`: not YAML, or not one document of plain data. `schema`: a key or a type the format does not have.
 * `rule`: well formed, but contradictory or unusable. `unsupported`: right, but this version cannot do it yet.
 */
export type ProblemKind = 'syntax' | 'schema' | 'rule' | 'unsupported'

export interface Problem {
  readonly kind: ProblemKind
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
  /** The offending line, without its line ending. */
  readonly snippet?: string
}

/** Characters shown of a long line, so that a JSON file in one line stays readable. */
const SNIPPET_WIDTH = 120
/** Characters kept before the caret when a line is cut. */
const SNIPPET_LEAD = 40

/** A file that cannot be used. The message lists all of its problems in the order of the file. */
export class ConfigError extends MirrorformError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const shown = problems.map(withoutSecrets)
    super(shown.map(formatProblem).join('\n'))
    this.problems = shown
  }
}

function withoutSecrets(problem: Problem): Problem {
  const { message, hint, snippet } = problem
  return {
    ...problem,
    message: withoutLogins(message),
    ...(hint !== undefined && { hint: withoutLogins(hint) }),
    ...(snippet !== undefined && { snippet: shownLine(snippet) }),
  }
}

/** `path:line:column: message`, then the line with a caret below it, then the hint. */
export function formatProblem(problem: Problem): string {
  const { path, line, column, message, hint, snippet } = problem
  const head = `${path}:${line}:${column}: ${message}`
  const shown = snippet === undefined ? '' : `\n${drawSnippet(snippet, line, column)}`
  return `${head}${shown}${hint === undefined ? '' : `\n  Hint: ${hint}`}`
}

function drawSnippet(snippet: string, line: number, column: number): string {
  const start = snippet.length <= SNIPPET_WIDTH ? 0 : Math.max(0, column - 1 - SNIPPET_LEAD)
  const visible = printable(snippet.slice(start, start + SNIPPET_WIDTH))
  const before = visible.slice(0, column - 1 - start).replace(/[^\t]/g, ' ')
  const gutter = `${line} | `
  return `  ${gutter}${visible}\n  ${' '.repeat(gutter.length - 2)}| ${before}^`
}

/** Control characters could drive the terminal; tabs stay, because the caret's line repeats them. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}

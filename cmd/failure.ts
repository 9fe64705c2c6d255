/** An error as exit code and as the JSON document of a run that failed. */
import { ConfigError } from '../lib/config/problem.ts'
import { causesOf, hintOf, InterruptedError, MirrorformError, messageOf } from '../lib/errors.ts'

export function exitCodeOf(error: unknown): number {
  if (isAbort(error)) return 130
  return error instanceof MirrorformError ? error.exitCode : 1
}

export function errorDocument(error: unknown) {
  const hint = hintOf(error)
  return {
    format: 'mirrorform-error',
    version: 1,
    error: {
      kind: error instanceof Error ? error.name : 'Error',
      message: messageOf(error),
      ...(hint !== undefined && { hint }),
      ...(error instanceof ConfigError && { problems: error.problems }),
    },
  }
}

/** Ctrl-C, however deep it struck. */
function isAbort(error: unknown): boolean {
  return causesOf(error).some(at => at instanceof InterruptedError || at.name === 'AbortError')
}

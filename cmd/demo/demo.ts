/**
 * Opens the stage, tells the story, clears the stage: with a result, an error or an interrupt alike. The result is an
 * exit code.
 */
import { messageOf } from '../../lib/errors.ts'
import type { Style } from '../../lib/report/index.ts'
import { createNarrator } from './narrator.ts'
import { createProgram } from './program.ts'
import { openStage } from './stage.ts'
import { tellStory } from './story.ts'

export interface DemoOptions {
  /** How mirrorform is started: an executable and its first arguments. */
  readonly program: readonly [string, ...string[]]
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  /** Columns to fit the text into. */
  readonly columns: number
  readonly style: Style
  readonly env: NodeJS.ProcessEnv
  /** Where temporary folders are made. */
  readonly folder: string
  readonly signal: AbortSignal
}

const INTERRUPTED = 130

export async function runDemo(options: DemoOptions): Promise<number> {
  const { stdout, stderr, signal } = options
  const stage = await openStage(options.folder, options.env)
  try {
    const narrator = createNarrator(stdout, options.columns, options.style)
    const program = createProgram(options.program, stage, narrator, options)
    await tellStory({ narrator, program, stage, signal })
    return 0
  } catch (error) {
    if (signal.aborted) return INTERRUPTED
    stderr.write(`\nThe demo failed: ${messageOf(error)}\n`)
    return 1
  } finally {
    await stage.close()
  }
}

/** Runs mirrorform as a user would: a process of its own, its output straight to the terminal or pipe of the demo. */
import { spawn } from 'node:child_process'
import { ClaimError } from './claims.ts'
import type { Narrator } from './narrator.ts'
import type { Stage } from './stage.ts'

export interface Program {
  /** Shows the command, runs it, and checks how it ends. @throws ClaimError */
  run(args: readonly string[], exitCode?: number): Promise<void>
}

export interface ProgramOptions {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly signal: AbortSignal
}

export function createProgram(
  [executable, ...first]: readonly [string, ...string[]],
  { work, env }: Pick<Stage, 'work' | 'env'>,
  narrator: Narrator,
  { stdout, stderr, signal }: ProgramOptions,
): Program {
  /** A real stream is handed over, so that the command sees a terminal where there is one. */
  const share = (stream: NodeJS.WritableStream) =>
    stream === process.stdout || stream === process.stderr ? 'inherit' : 'pipe'

  async function run(args: readonly string[], exitCode = 0): Promise<void> {
    narrator.command(['mirrorform', ...args])
    await narrator.flush()
    signal.throwIfAborted()
    const child = spawn(executable, [...first, ...args], {
      cwd: work,
      env,
      stdio: ['ignore', share(stdout), share(stderr)],
      signal,
      killSignal: 'SIGKILL',
    })
    child.stdout?.pipe(stdout, { end: false })
    child.stderr?.pipe(stderr, { end: false })
    const ended = await new Promise<number | string | null>((resolve, reject) => {
      let failure: unknown
      child.once('error', error => {
        failure = error
      })
      child.once('close', (code, killedBy) => {
        if (failure === undefined) resolve(code ?? killedBy)
        else reject(failure)
      })
    })
    if (ended !== exitCode)
      throw new ClaimError(
        `"mirrorform ${args[0]}" should end with exit code ${exitCode}, and ended with ${ended}`,
      )
  }

  return { run }
}

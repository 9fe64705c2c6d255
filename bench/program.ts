/**
 * Runs a program the way a user would and tells how long it took and what it used. A program that fails ends the bench:
 * half a copy has no duration.
 */
import { spawn } from 'node:child_process'
import { type Usage, watchUsage } from './usage.ts'

export interface ProgramRun {
  /** From start to end, milliseconds. */
  readonly ms: number
  readonly stdout: string
  /** undefined where /proc does not tell. */
  readonly usage: Usage | undefined
}

export interface ProgramOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

/** A program that did not exit with 0; null when a signal ended it. */
export class ProgramFailure extends Error {
  readonly code: number | null

  constructor(code: number | null, message: string) {
    super(message)
    this.code = code
  }
}

/** How much of what a failed program said is shown. */
const SHOWN_CHARACTERS = 3000

/** @throws ProgramFailure with the end of its output when it does not exit with 0; Error when it cannot be started. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramRun> {
  const started = performance.now()
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const usage = child.pid === undefined ? undefined : watchUsage(child.pid)
  const stopChild = (): void => void child.kill('SIGKILL')
  process.once('exit', stopChild)
  const [out, err]: string[][] = [[], []]
  child.stdout.setEncoding('utf8').on('data', (text: string) => out?.push(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => err?.push(text))
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    const ms = performance.now() - started
    const [stdout, stderr] = [out?.join('') ?? '', err?.join('') ?? '']
    if (code !== 0)
      throw new ProgramFailure(
        code,
        `${command} ${args.join(' ')}: exit ${code}\n${`${stdout}\n${stderr}`.slice(-SHOWN_CHARACTERS)}`,
      )
    return { ms, stdout, usage: usage?.stop() }
  } finally {
    usage?.stop()
    process.off('exit', stopChild)
  }
}

/** What every command is given besides its own arguments: streams, environment, output and the way to be interrupted. */
import { homedir } from 'node:os'
import { messageOf } from '../lib/errors.ts'
import type { ProgressMode } from './terminal/index.ts'
import {
  checkFilePath,
  columnsOf,
  createOutput,
  type Interrupts,
  type Output,
  onInterrupt,
  wantsColor,
} from './terminal/index.ts'

export interface OutputArguments {
  readonly json: boolean
  readonly jsonInto?: string | undefined
  readonly logFormat: 'text' | 'json'
  readonly color?: boolean | undefined
  readonly progress: ProgressMode
}

export interface Invocation {
  readonly output: Output
  /** Columns of stdout and stderr. */
  readonly width: number
  readonly noteWidth: number
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  readonly progress: ProgressMode
  readonly stdin: typeof process.stdin
  readonly stderr: typeof process.stderr
  readonly interrupts: Interrupts
  /** From now on an interrupt is answered with what happens next, because there is something to finish. */
  announceInterrupts(): void
}

/** A command's work; its result is the exit code. */
export type Command<A> = (args: A & OutputArguments, invocation: Invocation) => Promise<number>

/** Whatever happens is printed; nothing is thrown. */
export async function invoke<A>(command: Command<A>, args: A & OutputArguments): Promise<number> {
  const { env, stdout, stderr, stdin } = process
  const color = (stream: typeof stdout | typeof stderr) => args.color ?? wantsColor(stream, env)
  const noteWidth = columnsOf(stderr, env)
  const output = createOutput({
    stdout,
    stderr,
    json: args.json,
    jsonInto: args.jsonInto,
    color: color(stdout),
    noteColor: color(stderr),
    logFormat: args.logFormat,
    noteWidth,
  })
  let announced = false
  const interrupts = onInterrupt({ signals: process, say: text => announced && output.warn(text) })
  const width = columnsOf(stdout, env)
  const invocation = {
    output,
    width,
    noteWidth,
    env,
    home: homedir(),
    progress: args.progress,
    stdin,
    stderr,
    interrupts,
    announceInterrupts: () => {
      announced = true
    },
  }
  try {
    if (args.jsonInto !== undefined) await checkFilePath(args.jsonInto, '--json-into')
    const code = await command(args, invocation)
    await output.flush()
    return code
  } catch (error) {
    return await fail(error, output)
  } finally {
    interrupts.dispose()
  }
}

async function fail(error: unknown, output: Output): Promise<number> {
  output.error(error)
  const { errorDocument, exitCodeOf } = await import('./failure.ts')
  try {
    if (!output.hasDocument) await output.document(errorDocument(error))
    await output.flush()
  } catch (second) {
    if (messageOf(second) !== messageOf(error)) output.error(second)
  }
  return exitCodeOf(error)
}

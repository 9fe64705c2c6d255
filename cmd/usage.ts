/** A command line that cannot be understood: says why, points at the help, exits 1; with `--json` as a document. */
import type { Argv } from 'yargs'
import { UsageError } from '../lib/errors.ts'
import { type Command, invoke } from './invocation.ts'

/** For yargs' `fail`: it throws nothing else, because every command catches its own errors. */
export function failUsage(message: string | null, error: Error | undefined, help: Argv): void {
  if (error !== undefined) throw error
  if (message === null || message === '') {
    help.showHelp('error')
    process.exitCode = 1
    return
  }
  const refuse: Command<object> = async () => {
    throw new UsageError(message.replace(/\n+/g, ': '), { hint: 'see --help' })
  }
  const json = process.argv.includes('--json')
  const done = invoke(refuse, { json, logFormat: 'text', progress: 'none' })
  done.then(code => process.exit(code))
}

/** Commands with the names and flags of other tools: each comes down to plan and apply. */
import type { Argv } from 'yargs'

export function foreignCommands(y: Argv): Argv {
  return y
}

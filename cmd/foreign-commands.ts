/** Commands with the names and flags of other tools: each comes down to plan and apply. */
import type { Argv } from 'yargs'
import { admCommands } from './foreign/adm-commands.ts'
import { imageCommands } from './foreign/image-commands.ts'
import { ocMirrorCommands } from './foreign/oc-mirror/commands.ts'

export function foreignCommands(y: Argv): Argv {
  return ocMirrorCommands(y)
    .command('image', 'oc image mirror, with its own command line', imageCommands)
    .command('adm', 'oc adm release mirror, oc adm catalog mirror, with their own command lines', admCommands)
}

/** `mirror` and `delete`, which take what `oc mirror --v2` takes. */
import type { Argv, Options } from 'yargs'
import { running } from '../../command-groups.ts'
import { under } from '../../options/help-heading.ts'
import { PLAN_OPTIONS, TARGET_OPTIONS } from '../../options/options.ts'
import { optionsOf } from '../oc-flags.ts'
import { DELETE_FLAGS, GLOBAL_FLAGS, MIRROR_FLAGS } from './flags.ts'

const FOR: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'With file://…: whom the disc is for (default: whichever registry it is taken to)',
}

export function ocMirrorCommands(y: Argv): Argv {
  return y
    .command(
      'mirror [destination]',
      'oc mirror --v2, with its own command line: to disk, from disk, to a registry',
      z =>
        z
          .positional('destination', { type: 'string', describe: 'file://FOLDER or docker://HOST[/PREFIX]' })
          .options({
            ...under('Options:', optionsOf([...MIRROR_FLAGS, ...GLOBAL_FLAGS])),
            ...under('Options of mirrorform:', { state: TARGET_OPTIONS.state, for: FOR }),
          }),
      running(async () => (await import('../../commands/mirror.ts')).run),
    )
    .command(
      'delete [destination]',
      'oc mirror delete --v2, with its own command line: list what would go, delete what is listed',
      z =>
        z.positional('destination', { type: 'string', describe: 'docker://HOST[/PREFIX]' }).options({
          ...under('Options:', optionsOf([...DELETE_FLAGS, ...GLOBAL_FLAGS])),
          ...under('Options of mirrorform:', {
            state: TARGET_OPTIONS.state,
            'allow-mass-delete': PLAN_OPTIONS['allow-mass-delete'],
          }),
        }),
      running(async () => (await import('../../commands/delete.ts')).run),
    )
}

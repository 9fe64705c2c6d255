/** `image …`: the command of `oc image` that mirrors images, with oc's flags. */
import type { Argv } from 'yargs'
import { running } from '../command-groups.ts'
import { IMAGE_MIRROR_FLAGS } from './image-mirror-flags.ts'
import { OWN_OPTIONS, optionsOf } from './oc-flags.ts'

export function imageCommands(y: Argv): Argv {
  return y
    .command(
      'mirror [words..]',
      'Mirror SRC=DST …, SRC DST [DST2 …] or -f FILE; asks nothing, deletes nothing',
      z =>
        z
          .positional('words', { type: 'string', array: true, describe: 'SRC=DST …, or SRC DST [DST2 …]' })
          .options({ ...optionsOf(IMAGE_MIRROR_FLAGS), ...OWN_OPTIONS }),
      running(async () => (await import('./image-mirror.ts')).run),
    )
    .demandCommand(1, '')
}

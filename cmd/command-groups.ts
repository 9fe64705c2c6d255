/** Commands that have commands below them: `state …`, `archive …`, `receipt …`, `list …`. */
import type { Argv } from 'yargs'
import { type Command, invoke, type OutputArguments } from './invocation.ts'
import { ARCHIVE_OPTIONS } from './options/archive.ts'
import { OPERATOR_LIST_OPTIONS, RELEASE_LIST_OPTIONS } from './options/list.ts'
import { CONTENT_OPTIONS, PLACE_OPTIONS, PLAN_OPTIONS, TARGET_OPTIONS } from './options/options.ts'

/** Runs a command loaded on demand, and leaves its exit code to the process. */
export function running<A>(load: () => Promise<Command<A>>) {
  return async (args: unknown): Promise<void> => {
    process.exitCode = await invoke(await load(), args as A & OutputArguments)
  }
}

export function stateCommands(y: Argv): Argv {
  const named = (z: Argv) =>
    z.positional('reference', { type: 'string', demandOption: true }).options(TARGET_OPTIONS)
  const load = () => import('./commands/state.ts')
  return y
    .command(
      'list',
      'What the state holds',
      z => z.options(TARGET_OPTIONS),
      running(async () => (await load()).list),
    )
    .command(
      'show <reference>',
      'One image with all below it',
      named,
      running(async () => (await load()).show),
    )
    .command(
      'registries-conf',
      'Rules by which other tools read at the target what it holds, by the original names',
      z => z.options(TARGET_OPTIONS),
      running(async () => (await load()).registriesConf),
    )
    .command(
      'forget <reference>',
      'Take an image out of the state; it stays at the target',
      named,
      running(async () => (await load()).forget),
    )
    .command(
      'unlock',
      'Remove a lock that nobody holds any more',
      z => z.options(TARGET_OPTIONS),
      running(async () => (await load()).unlock),
    )
    .demandCommand(1, '')
}

export function archiveCommands(y: Argv): Argv {
  const read = (z: Argv) =>
    z
      .positional('folder', { type: 'string', demandOption: true, describe: 'Where archive.json is' })
      .options({ volumes: ARCHIVE_OPTIONS.volumes, 'verify-key': PLAN_OPTIONS['verify-key'] })
  const load = () => import('./commands/archive.ts')
  return y
    .command(
      'inspect <folder>',
      'What is in an archive, and for whom',
      read,
      running(async () => (await load()).inspect),
    )
    .command(
      'verify <folder>',
      'Read every byte; names bad volumes and what is on them',
      read,
      running(async () => (await load()).verify),
    )
    .command(
      'repair <folder> <volume>',
      'Write one volume again, from where its images came from',
      z =>
        read(z)
          .positional('volume', { type: 'string', demandOption: true, describe: 'mirrorform-000002.tar' })
          .options({ ...PLACE_OPTIONS, plan: ARCHIVE_OPTIONS.plan }),
      running(async () => (await load()).repair),
    )
    .demandCommand(1, '')
}

export function receiptCommands(y: Argv): Argv {
  return y
    .command(
      'import <file>',
      'Confirm what was shipped: take what a far side holds into its state on this side',
      z =>
        z
          .positional('file', { type: 'string', demandOption: true })
          .options({ state: TARGET_OPTIONS.state, 'verify-key': PLAN_OPTIONS['verify-key'] }),
      running(async () => (await import('./commands/receipt.ts')).importReceipt),
    )
    .demandCommand(1, '')
}

/** `--version` is a release here, not the program's own. */
export function listCommands(y: Argv): Argv {
  return y
    .command(
      'releases',
      'Channels, the releases of one, or the way between two',
      z =>
        z.version(false).options({
          ...RELEASE_LIST_OPTIONS,
          'conditional-updates': CONTENT_OPTIONS['conditional-updates'],
          refresh: { ...PLAN_OPTIONS.refresh, describe: 'false: take graphs kept from earlier runs' },
          'cache-dir': PLACE_OPTIONS['cache-dir'],
          'retry-times': PLACE_OPTIONS['retry-times'],
          'src-tls-verify': PLACE_OPTIONS['src-tls-verify'],
          'user-agent': PLACE_OPTIONS['user-agent'],
        }),
      running(async () => (await import('./commands/list-releases.ts')).run),
    )
    .command(
      'operators',
      'Packages of an operator catalog, their channels and versions',
      z =>
        z.version(false).options({
          ...OPERATOR_LIST_OPTIONS,
          authfile: PLACE_OPTIONS.authfile,
          'src-tls-verify': PLACE_OPTIONS['src-tls-verify'],
          'cache-dir': PLACE_OPTIONS['cache-dir'],
          'retry-times': PLACE_OPTIONS['retry-times'],
          'user-agent': PLACE_OPTIONS['user-agent'],
        }),
      running(async () => (await import('./commands/list-operators.ts')).run),
    )
    .version(false)
    .demandCommand(1, '')
}

#!/usr/bin/env node
/**
 * The command line: which commands there are and what they take. Each command's work is loaded only when it runs, so
 * that `--version` and `--help` are quick.
 */
import './compiled-code.ts'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import yargs, { type Argv } from 'yargs'
import { archiveCommands, listCommands, receiptCommands, running, stateCommands } from './command-groups.ts'
import { foreignCommands } from './foreign-commands.ts'
import { EXTRACT_OPTIONS } from './options/extract.ts'
import { under } from './options/help-heading.ts'
import { IMPORT_CONFIG_OPTIONS } from './options/import-config.ts'
import { EXPORT_OPTIONS, joinStdin, MAPPING_OPTIONS } from './options/mapping.ts'
import {
  APPLY_OPTIONS,
  COMMAND_OPTIONS,
  CONTENT_OPTIONS,
  OUTPUT_OPTIONS,
  PLACE_OPTIONS,
  PLAN_OPTIONS,
  TARGET_OPTIONS,
  VIEW_OPTIONS,
} from './options/options.ts'
import { PLAN_RESOURCE_OPTIONS, RESOURCE_OPTIONS } from './options/resource.ts'
import { checkValues, failUsage, runCommandLine } from './usage.ts'

const detailed = COMMAND_OPTIONS['detailed-exitcode']

const placed = { ...TARGET_OPTIONS, ...PLACE_OPTIONS }
const planned = {
  ...TARGET_OPTIONS,
  ...PLAN_OPTIONS,
  ...CONTENT_OPTIONS,
  ...under('Resources of a cluster:', PLAN_RESOURCE_OPTIONS),
  ...PLACE_OPTIONS,
}
const scoped = { only: PLAN_OPTIONS.only, exclude: PLAN_OPTIONS.exclude }

function commandLine(argv: readonly string[], name: string): Argv {
  const line = yargs([...argv])
    .scriptName(name)
    .usage('$0 COMMAND\n\nReview a plan of what an image mirror will hold, then apply exactly that plan.')
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false })
    .detectLocale(false)
    .options(OUTPUT_OPTIONS)
    .command(
      'init',
      'Write a first image set, and what git needs to know',
      y => y.option('folder', COMMAND_OPTIONS.folder),
      running(async () => (await import('./commands/init.ts')).run),
    )
    .command(
      'validate [files..]',
      'Check image sets and kind: Mirror files',
      y => y.positional('files', { type: 'string', array: true }).option('config', TARGET_OPTIONS.config),
      running(async () => (await import('./commands/validate.ts')).run),
    )
    .command(
      'migrate',
      'Rewrite an image set of oc-mirror v1 for v2, with a comment at each change',
      y =>
        y.option('config', TARGET_OPTIONS.config).option('out', {
          ...COMMAND_OPTIONS.out,
          describe: 'Write it to this file, which may be the image set itself',
        }),
      running(async () => (await import('./commands/migrate.ts')).run),
    )
    .command(
      'import-config <file>',
      'Write an image set from a list of another tool: skopeo sync, regsync, hauler, plain references',
      y =>
        y
          .positional('file', { type: 'string', demandOption: true, describe: 'The list; - is stdin' })
          .options({
            ...IMPORT_CONFIG_OPTIONS,
            out: { ...COMMAND_OPTIONS.out, describe: 'Write it to this file' },
            ...PLACE_OPTIONS,
          }),
      running(async () => (await import('./commands/import-config.ts')).run),
    )
    .command(
      'plan',
      'Show what would change, and save it for apply',
      y =>
        y.options({
          out: COMMAND_OPTIONS.out,
          'write-pinned': COMMAND_OPTIONS['write-pinned'],
          'export-pruning-plan': COMMAND_OPTIONS['export-pruning-plan'],
          'detailed-exitcode': detailed,
          markdown: VIEW_OPTIONS.markdown,
          full: COMMAND_OPTIONS.full,
          all: { ...APPLY_OPTIONS.all, describe: `${APPLY_OPTIONS.all.describe}; -o is then a folder` },
          ...planned,
          ...under('Mapping files:', EXPORT_OPTIONS),
        }),
      running(async () => (await import('./commands/plan.ts')).run),
    )
    .command(
      'apply [plan]',
      'Carry out a saved plan, or plan, ask and carry out',
      y =>
        y
          .positional('plan', { type: 'string', describe: 'A plan file' })
          .options({ ...APPLY_OPTIONS, ...planned }),
      running(async () => (await import('./commands/apply.ts')).run),
    )
    .command(
      'show <file>',
      'Show a plan or a state, without any network',
      y =>
        y
          .positional('file', { type: 'string', demandOption: true })
          .options({ ...VIEW_OPTIONS, ...under('Mapping files:', EXPORT_OPTIONS) }),
      running(async () => (await import('./commands/show.ts')).run),
    )
    .command('state', 'Look at a state, and mend it', stateCommands)
    .command(
      'refresh',
      'Bring the state in line with what the target holds',
      y => y.options({ 'detailed-exitcode': detailed, ...placed }),
      running(async () => (await import('./commands/refresh.ts')).run),
    )
    .command(
      'import',
      'Take wanted images that are at the target already into the state',
      y =>
        y.options({
          ...TARGET_OPTIONS,
          'oc-mirror-workspace': COMMAND_OPTIONS['oc-mirror-workspace'],
          ...under('Mapping files:', MAPPING_OPTIONS),
          ...scoped,
          ...CONTENT_OPTIONS,
          ...PLACE_OPTIONS,
        }),
      running(async () => (await import('./commands/import.ts')).run),
    )
    .command(
      'verify',
      'Prove that the target holds what the state says',
      y =>
        y.options({
          deep: COMMAND_OPTIONS.deep,
          'parallel-layers': APPLY_OPTIONS['parallel-layers'],
          ...placed,
        }),
      running(async () => (await import('./commands/verify.ts')).run),
    )
    .command(
      'why <reference>',
      'Why an image, manifest or layer is in the mirror',
      y => y.positional('reference', { type: 'string', demandOption: true }).options(TARGET_OPTIONS),
      running(async () => (await import('./commands/why.ts')).run),
    )
    .command(
      'resources',
      'Write what a cluster needs to use the mirror, from a state alone',
      y =>
        y.options({
          out: {
            ...COMMAND_OPTIONS.out,
            describe: 'Folder to write to (default: <state name>-resources)',
          },
          ...under('Options:', RESOURCE_OPTIONS),
          ...TARGET_OPTIONS,
        }),
      running(async () => (await import('./commands/resources.ts')).run),
    )
    .command('archive', 'Look into an archive, prove it, write a volume of it again', archiveCommands)
    .command('receipt', 'What far sides say they hold', receiptCommands)
    .command(
      'extract [release]',
      'Take openshift-install, oc … out of a mirrored release, pinned to the mirror',
      y =>
        y
          .positional('release', { type: 'string', describe: 'A version in the mirror, or a reference' })
          .options({ ...placed, ...EXTRACT_OPTIONS }),
      running(async () => (await import('./commands/extract.ts')).run),
    )
    .command('list', 'What there is to mirror', listCommands)
    .command(
      'serve <folder>',
      'Serve an OCI image layout as a registry',
      y =>
        y.positional('folder', { type: 'string', demandOption: true }).options({
          listen: COMMAND_OPTIONS.listen,
          'allow-delete': COMMAND_OPTIONS['allow-delete'],
        }),
      running(async () => (await import('./commands/serve.ts')).run),
    )
  return foreignCommands(line)
    .completion('completion', 'Print a script that completes commands and options in bash or zsh')
    .demandCommand(1, '')
    .strict()
    .check(checkValues(argv))
    .version(version())
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .fail(failUsage(argv))
}

/** The package's version: from beside the sources, or from beside `dist/`. */
function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (name === 'mirrorform') return version
    } catch {
      // not there: try the next place
    }
  }
  return 'unknown'
}

/** `oc mirrorform` runs `oc-mirrorform`: help then shows the words the user typed. */
function calledAs(script: string | undefined): string {
  const name = basename(script ?? '')
  return name === 'oc-mirrorform' || name === 'kubectl-mirrorform' ? name.replace('-', ' ') : 'mirrorform'
}

const argv = joinStdin(process.argv.slice(2))
await runCommandLine(commandLine(argv, calledAs(process.argv[1])), argv)

/** `adm …`: the commands of `oc adm` that mirror releases and catalogs and take installers out of them, with oc's flags. */
import type { Argv } from 'yargs'
import { running } from '../command-groups.ts'
import { CONTENT_OPTIONS } from '../options/options.ts'
import { CATALOG_MIRROR_FLAGS } from './catalog-mirror-flags.ts'
import { OWN_OPTIONS, optionsOf } from './oc-flags.ts'
import { RELEASE_EXTRACT_FLAGS } from './release-extract-flags.ts'
import { RELEASE_MIRROR_FLAGS } from './release-mirror-flags.ts'

export function admCommands(y: Argv): Argv {
  return y
    .command('release', 'One release: oc adm release mirror, extract', releaseCommands)
    .command('catalog', 'Mirror a whole operator catalog: oc adm catalog mirror', catalogCommands)
    .command('migrate', 'Mirror policies of older clusters: oc adm migrate icsp', migrateCommands)
    .demandCommand(1, '')
}

function releaseCommands(y: Argv): Argv {
  return y
    .command(
      'mirror [release]',
      'Copy a release into one repository, or into a folder; print what clusters need',
      z =>
        z.positional('release', { type: 'string', describe: 'A version, a reference, or file://…' }).options({
          ...optionsOf(RELEASE_MIRROR_FLAGS),
          'ignore-release-signature': CONTENT_OPTIONS['ignore-release-signature'],
          ...OWN_OPTIONS,
        }),
      running(async () => (await import('./release-mirror.ts')).run),
    )
    .command(
      'extract [release]',
      'Take openshift-install, oc … out of a release, pinned to where it is',
      z =>
        z
          .positional('release', { type: 'string', describe: 'A reference, or a version in --state' })
          .options({ ...optionsOf(RELEASE_EXTRACT_FLAGS), ...OWN_OPTIONS }),
      running(async () => (await import('./release-extract.ts')).run),
    )
    .demandCommand(1, '')
}

function catalogCommands(y: Argv): Argv {
  return y
    .command(
      'mirror [source] [destination]',
      'Copy a catalog with all its images; write mapping, mirror policies and CatalogSource',
      z =>
        z
          .positional('source', { type: 'string', describe: 'The catalog: a reference, or file://…' })
          .positional('destination', {
            type: 'string',
            describe: 'HOST[:PORT][/REPOSITORY], or file:///local/index',
          })
          .options({ ...optionsOf(CATALOG_MIRROR_FLAGS), ...OWN_OPTIONS }),
      running(async () => (await import('./catalog-mirror.ts')).run),
    )
    .demandCommand(1, '')
}

function migrateCommands(y: Argv): Argv {
  return y
    .command(
      'icsp [files..]',
      'Make an ImageDigestMirrorSet of each ImageContentSourcePolicy',
      z =>
        z.positional('files', { type: 'string', array: true }).options({
          'dest-dir': { type: 'string', requiresArg: true, default: '.', describe: 'Folder for them' },
        }),
      running(async () => (await import('./migrate-icsp.ts')).run),
    )
    .demandCommand(1, '')
}

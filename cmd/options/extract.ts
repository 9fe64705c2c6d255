/** The options of `extract`: names, types and help texts. */
import type { Options } from 'yargs'
import { under } from './help-heading.ts'

export const EXTRACT_OPTIONS = under('Options:', {
  command: {
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'openshift-install, oc, ccoctl …: what to take out of the release',
  },
  'command-os': {
    type: 'string',
    requiresArg: true,
    describe: 'OS[/ARCH] that is to run it, for instance linux/arm64, mac (default: this machine)',
  },
  to: { type: 'string', requiresArg: true, default: '.', describe: 'Folder to write it to' },
  'idms-file': {
    type: 'string',
    requiresArg: true,
    describe: 'With a reference: where images by digest are read, as an ImageDigestMirrorSet',
  },
  'icsp-file': {
    type: 'string',
    requiresArg: true,
    describe: 'The same as an ImageContentSourcePolicy',
  },
} satisfies Record<string, Options>)

/** The flags of `oc adm release extract`, and what becomes of each. */
import {
  HONOURED,
  noted,
  OC_REGISTRY_FLAGS,
  type OcFlag,
  type OcRegistryArguments,
  refused,
} from './oc-flags.ts'

export interface ReleaseExtractArguments extends Omit<OcRegistryArguments, 'maxPerRegistry'> {
  /** The positional. */
  readonly release?: string | undefined
  readonly from?: string | undefined
  readonly to: string
  readonly command?: string | undefined
  readonly commandOs?: string | undefined
  readonly icspFile?: string | undefined
  readonly idmsFile?: string | undefined
}

const COMMAND_ONLY = 'only commands are taken out of a release: name one with --command'

export const RELEASE_EXTRACT_FLAGS: readonly OcFlag[] = [
  {
    name: 'from',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'The release: a reference, or a version in --state',
    },
    treatment: HONOURED,
  },
  {
    name: 'to',
    option: { type: 'string', requiresArg: true, default: '.', describe: 'Folder for the command' },
    treatment: HONOURED,
  },
  {
    name: 'command',
    option: { type: 'string', requiresArg: true, describe: 'openshift-install, oc, ccoctl …' },
    treatment: HONOURED,
  },
  {
    name: 'command-os',
    option: { type: 'string', requiresArg: true, describe: 'OS[/ARCH] that is to run it' },
    treatment: HONOURED,
  },
  {
    name: 'icsp-file',
    option: { type: 'string', requiresArg: true, describe: 'Where images by digest are read' },
    treatment: HONOURED,
  },
  {
    name: 'idms-file',
    option: { type: 'string', requiresArg: true, describe: 'The same as an ImageDigestMirrorSet' },
    treatment: HONOURED,
  },
  {
    name: 'filter-by-os',
    option: { type: 'string', requiresArg: true, describe: 'Of no effect' },
    treatment: noted('--command-os says what is to run the command'),
  },
  ...['tools', 'credentials-requests', 'included'].map(
    (name): OcFlag => ({
      name,
      option: { type: 'boolean', default: false, describe: 'Refused' },
      treatment: refused(COMMAND_ONLY),
    }),
  ),
  ...['file', 'git', 'cloud', 'install-config', 'signing-key'].map(
    (name): OcFlag => ({
      name,
      option: { type: 'string', requiresArg: true, describe: 'Refused' },
      treatment: refused(COMMAND_ONLY),
    }),
  ),
  {
    name: 'dir',
    option: { type: 'string', requiresArg: true, describe: 'Refused' },
    treatment: refused(
      'upload the release from there first, with `mirrorform adm release mirror --from-dir`',
    ),
  },
  ...OC_REGISTRY_FLAGS.filter(({ name }) => name !== 'max-per-registry'),
]

/** The flags of `oc image mirror`, and what becomes of each. */
import { MAPPED_OPTIONS } from '../options/mapping.ts'
import {
  HONOURED,
  noted,
  OC_REGISTRY_FLAGS,
  type OcFlag,
  type OcRegistryArguments,
  refused,
} from './oc-flags.ts'

export interface ImageMirrorArguments extends OcRegistryArguments {
  /** `SRC=DST …` or `SRC DST [DST2 …]`. */
  readonly words?: readonly string[] | undefined
  readonly filename?: readonly string[] | undefined
  readonly dryRun: boolean
  readonly continueOnError: boolean
  readonly skipMissing?: boolean | undefined
  readonly filterByOs?: string | undefined
  readonly keepManifestList?: boolean | undefined
  readonly dir?: string | undefined
  readonly fromDir?: string | undefined
}

const MAPPED = {
  ...MAPPED_OPTIONS,
  'filter-by-os': {
    ...MAPPED_OPTIONS['filter-by-os'],
    describe:
      'Of lists only images whose os/arch[/variant] matches this expression (default: linux/ARCH of this machine)',
  },
}

export const IMAGE_MIRROR_FLAGS: readonly OcFlag[] = [
  {
    name: 'filename',
    option: {
      alias: 'f',
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Files of SRC=DST lines, with commas between them; - is stdin',
    },
    treatment: HONOURED,
  },
  {
    name: 'dry-run',
    option: { type: 'boolean', default: false, describe: 'Plan only' },
    treatment: HONOURED,
  },
  {
    name: 'continue-on-error',
    option: {
      type: 'boolean',
      default: false,
      describe: 'Leave out what a source does not give, and exit 1 at the end',
    },
    treatment: HONOURED,
  },
  ...Object.entries(MAPPED).map(([name, option]) => ({ name, option, treatment: HONOURED })),
  {
    name: 'dir',
    option: { type: 'string', requiresArg: true, describe: 'The folder of file:// (default: here)' },
    treatment: HONOURED,
  },
  {
    name: 'max-registry',
    option: { type: 'number', describe: 'Of no effect' },
    treatment: noted('registries are filled one after another, each with a plan and a state of its own'),
  },
  {
    name: 'force',
    option: { type: 'boolean', default: false, describe: 'Of no effect' },
    treatment: noted(
      'what the registry has is not sent again; `mirrorform verify --deep` reads every byte of it',
    ),
  },
  {
    name: 'skip-mount',
    option: { type: 'boolean', default: false, describe: 'Of no effect' },
    treatment: noted('a mount that the registry refuses becomes a copy by itself'),
  },
  {
    name: 'skip-multiple-scopes',
    option: { type: 'boolean', default: false, describe: 'Of no effect' },
    treatment: noted('tokens are asked for with the scopes that the registry names'),
  },
  {
    name: 's3-source-bucket',
    option: { type: 'string', requiresArg: true, describe: 'Refused' },
    treatment: refused(
      'mirrorform does not write to S3: write an archive, `mirrorform apply --mapping FILE --to file://DIR --for docker://HOST`, and copy its volumes there',
    ),
  },
  ...OC_REGISTRY_FLAGS,
]

/** The flags of `oc adm release mirror`, and what becomes of each. */
import {
  HONOURED,
  noted,
  OC_REGISTRY_FLAGS,
  type OcFlag,
  type OcRegistryArguments,
  refused,
} from './oc-flags.ts'

export interface ReleaseMirrorArguments extends OcRegistryArguments {
  /** The positional. */
  readonly release?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly toDir?: string | undefined
  readonly toMirror: boolean
  readonly toReleaseImage?: string | undefined
  readonly skipReleaseImage: boolean
  readonly fromDir?: string | undefined
  readonly dryRun: boolean
  readonly releaseImageSignatureToDir?: string | undefined
  readonly printMirrorInstructions?: string | undefined
  readonly ignoreReleaseSignature: boolean
}

const CLUSTER = 'mirrorform talks to no cluster'

export const RELEASE_MIRROR_FLAGS: readonly OcFlag[] = [
  {
    name: 'from',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'The release: a version, a reference, or file://REPOSITORY:TAG',
    },
    treatment: HONOURED,
  },
  {
    name: 'to',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'HOST[:PORT]/REPOSITORY, or with a template for the tag',
    },
    treatment: HONOURED,
  },
  {
    name: 'to-dir',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for file:// destinations: an OCI layout in its v2',
    },
    treatment: HONOURED,
  },
  {
    name: 'to-mirror',
    option: { type: 'boolean', default: false, describe: 'Print the mapping only' },
    treatment: HONOURED,
  },
  {
    name: 'to-release-image',
    option: { type: 'string', requiresArg: true, describe: 'Another place for the release image' },
    treatment: HONOURED,
  },
  {
    name: 'skip-release-image',
    option: { type: 'boolean', default: false, describe: 'Leave the release image out' },
    treatment: HONOURED,
  },
  {
    name: 'from-dir',
    option: { type: 'string', requiresArg: true, describe: 'Folder of file:// sources (default: this one)' },
    treatment: HONOURED,
  },
  {
    name: 'dry-run',
    option: { type: 'boolean', default: false, describe: 'Plan only, and print the instructions' },
    treatment: HONOURED,
  },
  {
    name: 'release-image-signature-to-dir',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'Write signature ConfigMaps (default with --to-dir: its folder config)',
    },
    treatment: HONOURED,
  },
  {
    name: 'print-mirror-instructions',
    option: { type: 'string', requiresArg: true, describe: 'icsp (default), idms or none' },
    treatment: HONOURED,
  },
  {
    name: 'keep-manifest-list',
    option: { type: 'boolean', default: false, describe: 'Of no effect' },
    treatment: noted('lists are always copied whole, and named -multi'),
  },
  {
    name: 'to-image-stream',
    option: { type: 'string', requiresArg: true, describe: 'Refused' },
    treatment: refused(`${CLUSTER}; mirror to its registry with --to`),
  },
  {
    name: 'apply-release-image-signature',
    option: { type: 'boolean', default: false, describe: 'Refused' },
    treatment: refused(
      `${CLUSTER}: write them with --release-image-signature-to-dir DIR, then oc apply -f DIR`,
    ),
  },
  {
    name: 'overwrite',
    option: { type: 'boolean', default: false, describe: 'Refused' },
    treatment: refused(`${CLUSTER}: oc apply -f DIR replaces what is there`),
  },
  ...OC_REGISTRY_FLAGS,
]

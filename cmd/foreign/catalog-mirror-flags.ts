/** The flags of `oc adm catalog mirror`, and what becomes of each. */
import { HONOURED, noted, OC_REGISTRY_FLAGS, type OcFlag, type OcRegistryArguments } from './oc-flags.ts'

export interface CatalogMirrorArguments extends OcRegistryArguments {
  /** The positionals. */
  readonly source?: string | undefined
  readonly destination?: string | undefined
  readonly indexFilterByOs?: string | undefined
  readonly filterByOs?: string | undefined
  readonly toManifests?: string | undefined
  readonly dryRun: boolean
  readonly manifestsOnly: boolean
  readonly dir?: string | undefined
  readonly fromDir?: string | undefined
  readonly maxComponents?: number | undefined
  readonly icspScope?: string | undefined
  readonly idmsScope?: string | undefined
  readonly maxIcspSize?: number | undefined
  readonly maxIdmsSize?: number | undefined
  readonly continueOnError?: boolean | undefined
}

export const CATALOG_MIRROR_FLAGS: readonly OcFlag[] = [
  {
    name: 'index-filter-by-os',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'Which image of the index is read (default: linux/amd64)',
    },
    treatment: HONOURED,
  },
  {
    name: 'filter-by-os',
    option: { type: 'string', requiresArg: true, describe: 'The same' },
    treatment: HONOURED,
  },
  {
    name: 'to-manifests',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for the manifests (default: manifests-NAME-SECONDS)',
    },
    treatment: HONOURED,
  },
  {
    name: 'dry-run',
    option: { type: 'boolean', default: false, describe: 'Plan only; the manifests are written' },
    treatment: HONOURED,
  },
  {
    name: 'manifests-only',
    option: { type: 'boolean', default: false, describe: 'Write the manifests and nothing else' },
    treatment: HONOURED,
  },
  {
    name: 'max-components',
    option: {
      type: 'number',
      describe: 'Fold repository paths to this many components; 0: not at all (default: 2)',
    },
    treatment: HONOURED,
  },
  {
    name: 'dir',
    option: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder of file:// sources and destinations (default: this one)',
    },
    treatment: HONOURED,
  },
  {
    name: 'from-dir',
    option: { type: 'string', requiresArg: true, describe: 'Folder of file:// sources' },
    treatment: HONOURED,
  },
  {
    name: 'icsp-scope',
    option: { type: 'string', requiresArg: true, describe: 'repository (default) or registry' },
    treatment: HONOURED,
  },
  {
    name: 'idms-scope',
    option: { type: 'string', requiresArg: true, describe: 'repository (default) or registry' },
    treatment: HONOURED,
  },
  {
    name: 'max-icsp-size',
    option: { type: 'number', describe: 'Bytes of one ImageContentSourcePolicy (default and most: 250000)' },
    treatment: HONOURED,
  },
  {
    name: 'max-idms-size',
    option: { type: 'number', describe: 'Bytes of one ImageDigestMirrorSet (default and most: 250000)' },
    treatment: HONOURED,
  },
  {
    name: 'continue-on-error',
    option: { type: 'boolean', describe: 'Of no effect' },
    treatment: noted('what cannot be had is named and left out with its bundle; the exit code is then 4'),
  },
  {
    name: 'path',
    option: { type: 'string', requiresArg: true, describe: 'Of no effect' },
    treatment: noted(
      'the catalog is read without a copy on this disk; `mirrorform list operators` shows what is in it',
    ),
  },
  ...OC_REGISTRY_FLAGS,
]

/** The options about samples of a cluster: names, types and help texts. */
import type { Options } from 'yargs'

export const SAMPLE_OPTIONS = {
  'samples-from': {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'What samples the cluster has: its ConfigMap imagestreamtag-to-image, or image streams',
  },
} satisfies Record<string, Options>

export const SAMPLE_RESOURCE_OPTIONS = {
  'samples-ca': {
    type: 'string',
    requiresArg: true,
    describe: 'Certificates (PEM) with which a cluster trusts the mirror when it imports samples',
  },
} satisfies Record<string, Options>

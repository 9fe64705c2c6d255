/** The options of `list` alone: names, types and help texts. */
import { under } from './help-heading.ts'

/** What `list releases` is asked. */
export const RELEASE_LIST_OPTIONS = under('Options:', {
  channel: {
    type: 'string',
    requiresArg: true,
    describe: 'The releases of this channel, for instance stable-4.16',
  },
  version: {
    type: 'string',
    requiresArg: true,
    describe: 'The channels that this minor release is in, for instance 4.16',
  },
  from: {
    type: 'string',
    requiresArg: true,
    describe: 'With --to: how a cluster on this version gets there',
  },
  to: { type: 'string', requiresArg: true, describe: 'The version that --from leads to' },
  arch: {
    choices: ['amd64', 'arm64', 'ppc64le', 's390x', 'multi'] as const,
    default: 'amd64',
    describe: 'Architecture of the releases',
  },
  type: { choices: ['ocp', 'okd'] as const, default: 'ocp', describe: 'OpenShift or OKD' },
})

/** What `list operators` is asked. */
export const OPERATOR_LIST_OPTIONS = under('Options:', {
  catalog: {
    type: 'string',
    requiresArg: true,
    describe: 'Required: a catalog image, or oci://folder',
  },
  package: { type: 'string', requiresArg: true, describe: 'The channels of this package' },
  channel: { type: 'string', requiresArg: true, describe: 'The versions in this channel of the package' },
  versions: { type: 'boolean', default: false, describe: 'Every version, with the channels it is in' },
})

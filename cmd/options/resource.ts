/** The options about resources of a cluster: names, types and help texts. */
import type { Options } from 'yargs'
import { SAMPLE_OPTIONS, SAMPLE_RESOURCE_OPTIONS } from './sample.ts'

/** Of plan and apply, for the resources that follow from the plan. */
export const PLAN_RESOURCE_OPTIONS = {
  resources: {
    type: 'string',
    requiresArg: true,
    describe: 'Folder of cluster resources: plan shows what changes in it, apply writes it',
  },
  icsp: {
    type: 'boolean',
    default: false,
    describe: 'Resources with ImageContentSourcePolicy instead of IDMS and ITMS, for clusters before 4.13',
  },
  ...SAMPLE_RESOURCE_OPTIONS,
} satisfies Record<string, Options>

/** How `resources` makes and writes them. */
export const RESOURCE_OPTIONS = {
  icsp: PLAN_RESOURCE_OPTIONS.icsp,
  ...SAMPLE_OPTIONS,
  ...SAMPLE_RESOURCE_OPTIONS,
  stdout: {
    type: 'boolean',
    default: false,
    describe: 'Print the objects for the cluster, for oc apply -f -',
  },
  annotate: {
    type: 'boolean',
    default: false,
    describe: 'Say on every object which state it was made from (changes with every apply)',
  },
} satisfies Record<string, Options>

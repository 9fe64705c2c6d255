/**
 * The schema of `kind: Mirror`, apiVersion `mirrorform.dev/v1alpha1`: image sets, targets and policies in one file, so
 * that plan and apply need no flags. `docs/schema/mirror-v1alpha1.schema.json` is written from it (see write.ts).
 */
import type { JsonSchema } from './json-schema.ts'

export const MIRROR_API_VERSION = 'mirrorform.dev/v1alpha1'
/** Share of the owned images, percent, that a plan may delete without being told that it may. */
export const DEFAULT_MAX_DELETE_PERCENT = 20

const path = (description: string, ...examples: string[]): JsonSchema => ({
  type: 'string',
  minLength: 1,
  description,
  examples,
})
const protect: JsonSchema = {
  type: 'array',
  description: 'Globs on destinations (repository:tag). What matches is never deleted.',
  items: { type: 'string', minLength: 1, examples: ['ubi9/**'] },
}

const limits: JsonSchema = {
  type: 'object',
  description: 'How hard the registries of this target are worked; flags of the same names win.',
  properties: {
    parallelImages: { type: 'integer', minimum: 1, description: 'Images that are sent at once.' },
    parallelLayers: { type: 'integer', minimum: 1, description: 'Blobs that are sent at once.' },
    maxRequestsPerSecond: { type: 'integer', minimum: 1, description: 'Requests to each registry.' },
    bandwidth: {
      type: 'string',
      pattern: '^(?=[0-9.]*[1-9])[0-9]+(\\.[0-9]+)?(([kKmMgG][iI]?)?[bB])?(/s)?$',
      description: 'Bytes of layers a second.',
      examples: ['50MiB'],
    },
  },
  additionalProperties: false,
}

const target: JsonSchema = {
  type: 'object',
  description: 'One place that should hold the images.',
  properties: {
    name: {
      type: 'string',
      description: 'A short name: for --target, and for the name of the state file.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      examples: ['enc1'],
    },
    to: path(
      'docker://host[:port][/prefix], or oci://folder, or file://folder for an archive.',
      'docker://registry.enc1.example:5000/ocp',
    ),
    state: path(
      'The state file; <name>.state.json beside this file when left out.',
      'states/enc1.state.json',
    ),
    imageSets: {
      type: 'array',
      minItems: 1,
      description: 'Image sets of this target, in place of those of the file.',
      items: path('An image set.', 'imageset.yaml'),
    },
    mappings: {
      type: 'array',
      minItems: 1,
      description: 'Mapping files of this target (SRC=DST lines), besides its image sets.',
      items: path('A mapping file.', 'mapping.txt'),
    },
    platformIndex: {
      type: 'string',
      enum: ['sparse', 'rewrite'],
      description:
        'What becomes of an index when only some platforms are taken: sparse keeps it byte for byte, rewrite makes a new one.',
    },
    maxNestedPaths: {
      type: 'integer',
      minimum: 0,
      description:
        'The most components a repository path may have; the rest is joined with "-". 0 means no limit.',
    },
    protect,
    via: {
      type: 'string',
      minLength: 1,
      description:
        'The name of another target, a registry: images are read there, by what its state holds, and nowhere else.',
      examples: ['enterprise'],
    },
    registriesConf: path(
      'The registries.conf for this target, in place of that of the machine.',
      'registries.enc1.conf',
    ),
    updateService: {
      type: 'string',
      minLength: 1,
      pattern: '^https?://',
      description:
        'The graph API of the update service that serves the clusters of this target; targets behind it read update graphs there.',
      examples: ['https://updates.enterprise.example/api/upgrades_info/v1/graph'],
    },
    inputs: path(
      'A plan whose documents (update graphs, signatures, charts) targets behind this one use in place of the web.',
      'plans/enterprise.plan.json',
    ),
    limits,
  },
  required: ['name', 'to'],
  additionalProperties: false,
}

export const MIRROR_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Mirror v1alpha1',
  description: 'Image sets, the targets that should hold them, and what a plan may do there.',
  type: 'object',
  properties: {
    apiVersion: { type: 'string', const: MIRROR_API_VERSION, description: 'The format of this file.' },
    kind: { type: 'string', const: 'Mirror', description: 'What this file is.' },
    imageSets: {
      type: 'array',
      description: 'Image sets, relative to this file, for every target that names none itself.',
      items: path('An image set.', 'imageset.yaml'),
    },
    targets: { type: 'array', minItems: 1, description: 'The targets.', items: target },
    policies: {
      type: 'object',
      description: 'What holds for every target.',
      properties: {
        protect,
        maxDeletePercent: {
          type: 'number',
          minimum: 0,
          maximum: 100,
          default: DEFAULT_MAX_DELETE_PERCENT,
          description:
            'The share of the owned images, in percent, that a plan may delete without being told.',
        },
        signatures: {
          type: 'string',
          enum: ['copy-if-present', 'required', 'ignore'],
          default: 'copy-if-present',
          description: 'Whether signatures and attestations travel with their images.',
        },
        conditionalUpdates: {
          type: 'string',
          enum: ['allow', 'avoid'],
          default: 'allow',
          description:
            'Whether updates of OpenShift that are recommended to some clusters only may be on the way between two releases.',
        },
        operatorSelection: {
          type: 'string',
          enum: ['documented', 'connected'],
          default: 'documented',
          description:
            'Which bundles of a catalog are taken: documented (heads and ranges of the default channel) or connected (oc-mirror since 4.18: all channels, ranges follow the update graph).',
        },
        graphDataBaseImage: path(
          'What the image with the data of the update service is built on (mirror.platform.graph).',
          'registry.access.redhat.com/ubi9/ubi:latest',
        ),
        carryCharts: {
          type: 'boolean',
          default: false,
          description:
            'Whether Helm charts of image sets go to the target too, each as an OCI artifact charts/NAME:VERSION.',
        },
      },
      additionalProperties: false,
    },
  },
  required: ['apiVersion', 'kind', 'targets'],
  additionalProperties: false,
}

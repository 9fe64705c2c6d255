/** The options that several commands share: names, types and help texts, in one place so that they are the same everywhere. */
import { ARRIVAL_OPTIONS, CARRYING_OPTIONS } from './archive.ts'
import { under } from './help-heading.ts'
import { MAPPING_OPTIONS } from './mapping.ts'
import { SAMPLE_OPTIONS } from './sample.ts'

export const OUTPUT_OPTIONS = under('Output:', {
  json: { type: 'boolean', default: false, describe: 'Print one JSON document on stdout, and nothing else' },
  'json-into': { type: 'string', requiresArg: true, describe: 'Also write the JSON document to this file' },
  'log-format': {
    choices: ['text', 'json'] as const,
    default: 'text',
    describe: 'How notes and warnings look on stderr',
  },
  color: { type: 'boolean', describe: 'Colour the output (default: when it is a terminal)' },
  progress: {
    choices: ['auto', 'plain', 'none'] as const,
    default: 'auto',
    describe: 'Show progress: a live block on a terminal, else a line now and then',
  },
})

export const PLACE_OPTIONS = under('Registries:', {
  authfile: {
    type: 'string',
    requiresArg: true,
    describe: 'Credentials (default: as podman and docker find them)',
  },
  'src-authfile': { type: 'string', requiresArg: true, describe: 'Credentials for sources only' },
  'dest-authfile': { type: 'string', requiresArg: true, describe: 'Credentials for the target only' },
  'src-tls-verify': {
    type: 'boolean',
    default: true,
    describe: 'false: trust any source certificate, allow plain HTTP',
  },
  'dest-tls-verify': {
    type: 'boolean',
    default: true,
    describe: 'false: trust any target certificate, allow plain HTTP',
  },
  'cache-dir': {
    type: 'string',
    requiresArg: true,
    describe: 'Manifests and host profiles kept between runs (default: ~/.cache/mirrorform)',
  },
  'retry-times': {
    type: 'number',
    default: 5,
    describe: 'How often a request that failed in passing is sent again',
  },
  'max-requests-per-second': {
    type: 'number',
    describe: 'Requests to each registry (default: as many as it takes)',
  },
  bandwidth: {
    type: 'string',
    requiresArg: true,
    describe: 'Bytes of layers a second, for instance 50MiB (default: no limit)',
  },
  'user-agent': {
    type: 'string',
    requiresArg: true,
    describe: 'What registries are told they talk to (default: mirrorform)',
  },
})

export const TARGET_OPTIONS = under('Image sets and target:', {
  config: {
    alias: 'c',
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Image set, or a kind: Mirror file',
  },
  to: {
    type: 'string',
    requiresArg: true,
    describe: 'docker://host[:port][/prefix], oci://folder, or file://folder for an archive',
  },
  target: { type: 'string', requiresArg: true, describe: 'One of the targets of the kind: Mirror file' },
  state: { type: 'string', requiresArg: true, describe: 'State file (default: <target>.state.json)' },
  'max-nested-paths': { type: 'number', describe: 'Fold repository paths to this many components' },
})

export const PLAN_OPTIONS = {
  ...under('Planning:', {
    refresh: {
      type: 'boolean',
      default: true,
      describe: 'false: trust the state, ask only about what is new',
    },
    only: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [] as string[],
      describe: 'Only images matching this glob',
    },
    exclude: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [] as string[],
      describe: 'Leave out images matching this glob',
    },
    destroy: { type: 'boolean', default: false, describe: 'Plan to delete everything the state owns' },
    delete: {
      type: 'boolean',
      default: false,
      describe: 'Plan to delete what -c, a kind: DeleteImageSetConfiguration, names, and nothing else',
    },
    'allow-mass-delete': {
      type: 'boolean',
      default: false,
      describe: 'Allow more deletes than the guard lets pass',
    },
    'create-projects': {
      type: 'boolean',
      default: false,
      describe: 'Make projects that the target lacks (Harbor); the plan lists them',
    },
    'skip-deletes': {
      type: 'boolean',
      default: false,
      describe: 'Leave images that are no longer wanted where they are',
    },
    'platform-index': {
      choices: ['sparse', 'rewrite'] as const,
      describe: 'With `platforms`: keep the index as it is (sparse, default) or make a smaller one',
    },
    'sparse-index': {
      choices: ['auto', 'yes', 'no'] as const,
      default: 'auto',
      describe: 'Whether the target accepts an index with missing children',
    },
    signatures: {
      choices: ['copy-if-present', 'required', 'ignore'] as const,
      describe: 'Whether signatures and other attachments travel (default: copy-if-present)',
    },
  }),
  ...under('Archives:', CARRYING_OPTIONS),
  ...under('Mapping files:', MAPPING_OPTIONS),
}

/** How the content of image sets is found. */
export const CONTENT_OPTIONS = {
  ...under('Releases:', {
    inputs: {
      type: 'string',
      requiresArg: true,
      describe:
        'Take update graphs, signatures and graph data from this earlier plan (or workspace of oc-mirror v2), not from the network',
    },
    'conditional-updates': {
      choices: ['allow', 'avoid'] as const,
      describe: 'Whether updates recommended to some clusters only may be on a way (default: allow)',
    },
    'ignore-release-signature': {
      type: 'boolean',
      default: false,
      describe: 'Take the payload that platform.release names without looking at its signature',
    },
    'graph-data-base-image': {
      type: 'string',
      requiresArg: true,
      describe: 'What the graph image is built on (default: registry.access.redhat.com/ubi9/ubi:latest)',
    },
    'graph-data-url': {
      type: 'string',
      requiresArg: true,
      describe: 'Where the graph data comes from, http, https or file:// (default: api.openshift.com)',
    },
  }),
  ...under('Operators:', {
    'operator-selection': {
      choices: ['documented', 'connected'] as const,
      describe: 'Bundles of operators: as documented (default), or as oc-mirror since 4.18 chooses them',
    },
    'allow-missing-packages': {
      type: 'boolean',
      default: false,
      describe: 'Only tell about packages that a catalog does not have',
    },
  }),
  ...under('Helm charts:', {
    'carry-charts': {
      type: 'boolean',
      describe: 'Charts of image sets go to the target too, as OCI artifacts charts/NAME:VERSION',
    },
    'helm-binary': {
      type: 'string',
      requiresArg: true,
      describe: 'Render charts with this helm (default: without one, the same on every machine)',
    },
  }),
  ...under('Samples:', SAMPLE_OPTIONS),
}

export const APPLY_OPTIONS = under('Options:', {
  ...ARRIVAL_OPTIONS,
  all: {
    type: 'boolean',
    default: false,
    describe: 'Every target of the kind: Mirror file, each after the one it is via',
  },
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Do not ask before applying' },
  'parallel-images': { type: 'number', describe: 'Images in work at once (default: 8)' },
  'parallel-layers': { type: 'number', describe: 'Blobs in flight at once, over all images (default: 12)' },
})

/** Options that belong to one command only. */
export const COMMAND_OPTIONS = under('Options:', {
  folder: { type: 'string', default: '.', describe: 'Where to' },
  out: { alias: 'o', type: 'string', requiresArg: true, describe: 'Save the plan to this file' },
  'detailed-exitcode': {
    type: 'boolean',
    default: false,
    describe: 'Exit 0: no change, 2: changes, 3: changes that delete',
  },
  full: { type: 'boolean', default: false, describe: 'Every change in full' },
  'write-pinned': {
    type: 'string',
    requiresArg: true,
    describe: 'Write the image set with catalogs pinned by digest to this file (may be the image set itself)',
  },
  'export-pruning-plan': {
    type: 'string',
    requiresArg: true,
    describe: 'Write the deletes to this file as oc-mirror v1 does (pruning-plan.json)',
  },
  'oc-mirror-workspace': {
    type: 'string',
    requiresArg: true,
    describe: 'Take over what this workspace of oc-mirror v2 says it put into the target',
  },
  deep: { type: 'boolean', default: false, describe: 'Read and hash every byte' },
  listen: { type: 'string', default: '127.0.0.1:5000', requiresArg: true, describe: 'HOST:PORT' },
  'allow-delete': { type: 'boolean', default: true, describe: 'Whether clients may delete' },
})

/** How `plan` and `show` print. */
export const VIEW_OPTIONS = under('Options:', {
  all: { alias: 'full', type: 'boolean', default: false, describe: 'Every change in full' },
  deletes: { type: 'boolean', default: false, describe: 'Every delete in full' },
  requests: { type: 'boolean', default: false, describe: 'Every request that changes the target' },
  markdown: { type: 'boolean', default: false, describe: 'Markdown, for a pull request' },
})

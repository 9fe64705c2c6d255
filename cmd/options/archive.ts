/** The options of plans, applies and commands that have to do with archives. */
import type { Options } from 'yargs'

/** While planning. */
export const CARRYING_OPTIONS = {
  from: {
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    describe:
      'Take the images from this archive, file://folder, and from nowhere else; also what oc and oc-mirror wrote, and oci://folder',
  },
  for: {
    type: 'string',
    requiresArg: true,
    describe:
      'With --to file://folder: whom the archive is for, docker://… or a target of the kind: Mirror file',
  },
  'volume-size': {
    type: 'string',
    requiresArg: true,
    describe: 'The most a volume of the archive may have, for instance 4.7GB (default: archiveSize)',
  },
  assume: {
    choices: ['shipped', 'none'] as const,
    describe: 'Whether what was shipped and is not confirmed counts as held (default: shipped)',
  },
  against: {
    type: 'string',
    requiresArg: true,
    describe: 'The receipt of the far side, which then says what it holds',
  },
  'shopping-list': {
    type: 'string',
    requiresArg: true,
    describe: 'With --from: write what is missing to this file; with --to file://: plan exactly that',
  },
  'verify-key': {
    type: 'string',
    requiresArg: true,
    describe: 'PEM of a public key (Ed25519, ECDSA, RSA): what its owner has not signed is refused',
  },
} satisfies Record<string, Options>

/** While applying. */
export const ARRIVAL_OPTIONS = {
  'sign-key': {
    type: 'string',
    requiresArg: true,
    describe: 'PEM of a private key (Ed25519, ECDSA, RSA): the archive, or the receipt, is signed with it',
  },
  receipt: {
    type: 'string',
    requiresArg: true,
    describe: 'Where the receipt is written (default, after --from: <state>.receipt.json)',
  },
} satisfies Record<string, Options>

/** What `archive …` is told. */
export const ARCHIVE_OPTIONS = {
  volumes: {
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    describe: 'A further folder with volumes of the archive',
  },
  plan: {
    type: 'string',
    requiresArg: true,
    describe: 'The plan the archive was written from: it has what no registry has',
  },
} satisfies Record<string, Options>

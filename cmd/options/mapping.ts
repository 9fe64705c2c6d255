/** The options of mapping files: names, types and help texts. */
import type { Options } from 'yargs'

/** How the images of mappings are found. */
export const MAPPED_OPTIONS = {
  'filter-by-os': {
    type: 'string',
    requiresArg: true,
    describe: 'Of lists only images whose os/arch[/variant] matches this expression (default: all)',
  },
  'keep-manifest-list': {
    type: 'boolean',
    describe: 'With --filter-by-os: keep each list as it is, also with images missing',
  },
  'skip-missing': {
    type: 'boolean',
    describe: 'Only tell about images of mappings that their source does not have',
  },
  'from-dir': {
    type: 'string',
    requiresArg: true,
    describe: 'The folder that file:// sources are in, as oc image mirror --dir wrote it',
  },
} satisfies Record<string, Options>

/** While planning. */
export const MAPPING_OPTIONS = {
  mapping: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'SRC=DST lines, as oc image mirror -f and mapping.txt have them; - is stdin',
  },
  ...MAPPED_OPTIONS,
} satisfies Record<string, Options>

/** What `plan` and `show` write for other tools. */
export const EXPORT_OPTIONS = {
  'export-mapping': {
    type: 'string',
    requiresArg: true,
    describe: 'Write all images as SRC=DST lines to this file, for oc image mirror -f',
  },
  'export-missing': {
    type: 'string',
    requiresArg: true,
    describe: 'The same of those that are not at the target yet',
  },
} satisfies Record<string, Options>

/** `--mapping -` → `--mapping=-`: yargs takes a lone `-` for an option, not for a value. */
export function joinStdin(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, at) => {
    if (word === '-' && takesStdin(argv[at - 1])) return []
    return argv[at + 1] === '-' && takesStdin(word) ? [`${word}=-`] : [word]
  })
}

function takesStdin(word: string | undefined): boolean {
  return word === '--mapping' || word === '--filename' || word === '-f'
}

/** The options of `import-config` alone: names, types and help texts. */
import type { Options } from 'yargs'
import { LIST_FORMATS, PATH_RULES } from '../../lib/config/lists/imported-list.ts'

export const IMPORT_CONFIG_OPTIONS = {
  format: {
    choices: ['auto', ...LIST_FORMATS],
    default: 'auto',
    describe: 'What the file is (auto: found out)',
  },
  expand: {
    type: 'boolean',
    default: false,
    describe: 'Ask registries which tags there are now, where the list does not name them',
  },
  paths: {
    choices: PATH_RULES,
    default: 'source',
    describe:
      'Where images go: their path, its last part (skopeo sync), host and path (skopeo sync --scoped)',
  },
  strict: {
    type: 'boolean',
    default: false,
    describe: 'Exit 1 when anything is not carried over',
  },
} satisfies Record<string, Options>

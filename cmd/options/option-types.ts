/** Every option there is and how many values of which kind it takes, for the checks that yargs does not make. */
import type { Options } from 'yargs'
import { ARCHIVE_OPTIONS } from './archive.ts'
import { EXTRACT_OPTIONS } from './extract.ts'
import { IMPORT_CONFIG_OPTIONS } from './import-config.ts'
import { OPERATOR_LIST_OPTIONS, RELEASE_LIST_OPTIONS } from './list.ts'
import { EXPORT_OPTIONS } from './mapping.ts'
import {
  APPLY_OPTIONS,
  COMMAND_OPTIONS,
  CONTENT_OPTIONS,
  OUTPUT_OPTIONS,
  PLACE_OPTIONS,
  PLAN_OPTIONS,
  TARGET_OPTIONS,
  VIEW_OPTIONS,
} from './options.ts'
import { PLAN_RESOURCE_OPTIONS, RESOURCE_OPTIONS } from './resource.ts'

export interface OptionType {
  readonly type: 'array' | 'number' | 'other'
  /** Smallest number that makes sense; default 0. */
  readonly least?: number
}

export const OPTION_TYPES: Readonly<Record<string, OptionType>> = Object.fromEntries(
  Object.entries<Options>({
    ...OUTPUT_OPTIONS,
    ...PLACE_OPTIONS,
    ...TARGET_OPTIONS,
    ...CONTENT_OPTIONS,
    ...APPLY_OPTIONS,
    ...PLAN_RESOURCE_OPTIONS,
    ...RESOURCE_OPTIONS,
    ...RELEASE_LIST_OPTIONS,
    // Its `from` is a list, which that of `list releases` is not: that one is looked at where it is used.
    ...PLAN_OPTIONS,
    ...OPERATOR_LIST_OPTIONS,
    ...EXTRACT_OPTIONS,
    ...COMMAND_OPTIONS,
    ...ARCHIVE_OPTIONS,
    ...VIEW_OPTIONS,
    ...EXPORT_OPTIONS,
    ...IMPORT_CONFIG_OPTIONS,
  }).map(([name, { type, array }]): [string, OptionType] => [
    name,
    array === true
      ? { type: 'array' }
      : type === 'number'
        ? { type, least: name.startsWith('parallel-') || name.startsWith('max-requests') ? 1 : 0 }
        : { type: 'other' },
  ]),
)

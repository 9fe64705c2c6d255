/** How the tables of flags are written: what a flag takes, and what becomes of it. */
import type { Options } from 'yargs'
import { HONOURED, noted, type OcFlag, refused } from '../oc-flags.ts'

export const text = (describe: string): Options => ({ type: 'string', requiresArg: true, describe })
export const flag = (describe: string): Options => ({ type: 'boolean', describe })
export const number = (describe: string): Options => ({ type: 'number', requiresArg: true, describe })

export function honoured(name: string, option: Options): OcFlag {
  return { name, option, treatment: HONOURED }
}

/** Taken, and told that it means nothing here. */
export function accepted(name: string, option: Options, why: string): OcFlag {
  return { name, option, treatment: noted(why) }
}

export function declined(name: string, option: Options, hint: string): OcFlag {
  return { name, option, treatment: refused(hint) }
}

/** Not shown by `--help`, as in oc-mirror. */
export function hidden(...flags: readonly OcFlag[]): readonly OcFlag[] {
  return flags.map(({ option, ...rest }) => ({ ...rest, option: { ...option, hidden: true } }))
}

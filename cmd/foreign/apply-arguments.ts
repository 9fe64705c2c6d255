/** The arguments of `apply` as they are when nothing is said: what command lines of other tools are put on top of. */
import type { Options } from 'yargs'
import type { ApplyArguments } from '../commands/apply.ts'
import type { PlanArguments } from '../commands/plan.ts'
import type { OutputArguments } from '../invocation.ts'
import {
  APPLY_OPTIONS,
  CONTENT_OPTIONS,
  OUTPUT_OPTIONS,
  PLACE_OPTIONS,
  PLAN_OPTIONS,
  TARGET_OPTIONS,
} from '../options/options.ts'
import { PLAN_RESOURCE_OPTIONS } from '../options/resource.ts'

export type WholeApplyArguments = ApplyArguments & OutputArguments

/** @param given wins over what the options have by default */
export function applyArguments(given: Partial<WholeApplyArguments>): WholeApplyArguments {
  const options: Readonly<Record<string, Options>> = {
    ...OUTPUT_OPTIONS,
    ...PLACE_OPTIONS,
    ...TARGET_OPTIONS,
    ...CONTENT_OPTIONS,
    ...PLAN_OPTIONS,
    ...PLAN_RESOURCE_OPTIONS,
    ...APPLY_OPTIONS,
  }
  const defaults = Object.entries(options).flatMap(([name, option]) =>
    option.default === undefined ? [] : [[camelCase(name), option.default]],
  )
  return { ...Object.fromEntries(defaults), ...given } as WholeApplyArguments
}

/** The same line as a plan that nothing is done with: for `run` of cmd/commands/plan.ts. */
export function planArguments(args: WholeApplyArguments): PlanArguments & OutputArguments {
  return { ...args, detailedExitcode: false, markdown: false, full: false }
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

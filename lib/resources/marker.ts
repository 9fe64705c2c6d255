/** The first line of our files, where their format has comments: whose they are, and what becomes of changes by hand. */
import { formatTarget, type TargetAddress } from '../target.ts'

/** How that line begins. */
export const MARKER = '# Made by mirrorform '

export function madeBy(target: TargetAddress): string {
  return `${MARKER}from the state of ${formatTarget(target)}. What is changed here is lost when it is made again.\n`
}

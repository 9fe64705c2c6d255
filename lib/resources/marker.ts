/** The first line of our files, where their format has comments: whose they are, and what becomes of changes by hand. */
import { formatTarget, type TargetAddress } from '../target.ts'

/** How that line begins. */
export const MARKER = '# Made by mirrorform '

/** The mirror that the first line of a file of ours names; undefined for other files. */
export function mirrorNamedIn(text: string): string | undefined {
  if (!text.startsWith(MARKER)) return undefined
  return /^from the state of (\S+)\. /.exec(text.slice(MARKER.length))?.[1]
}

export function madeBy(target: TargetAddress): string {
  return `${MARKER}from the state of ${formatTarget(target)}. What is changed here is lost when it is made again.\n`
}

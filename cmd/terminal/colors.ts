/** Decides whether a stream gets colour, and what each role of a report's `Style` looks like with it. */
import { Chalk, supportsColor } from 'chalk'
import { PLAIN_STYLE, type Style } from '../../lib/report/index.ts'

export interface MaybeTerminal {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * `FORCE_COLOR` decides where it is set (`0` and `false`: none), then `NO_COLOR` (no-color.org: any value but an empty
 * one), then whether the stream is a terminal that chalk knows to show colours.
 */
export function wantsColor(
  stream: MaybeTerminal,
  env: Environment,
  terminalHasColor = supportsColor !== false,
): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return stream.isTTY === true && env.TERM !== 'dumb' && terminalHasColor
}

/** The sixteen basic colours only: they follow the user's own palette. */
export function createStyle(color: boolean): Style {
  if (!color) return PLAIN_STYLE
  const chalk = new Chalk({ level: 1 })
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    added: chalk.green,
    changed: chalk.yellow,
    removed: chalk.red,
    repaired: chalk.cyan,
    failure: chalk.red.bold,
    warning: chalk.yellow,
    hint: chalk.cyan,
  }
}

/** Columns of a pipe or file, which say nothing of themselves. */
const DEFAULT_COLUMNS = 100

/** Columns to fit text into: the terminal's, else `COLUMNS`, else `fallback`. */
export function columnsOf(
  stream: MaybeTerminal,
  env: Environment,
  fallback: number = DEFAULT_COLUMNS,
): number {
  if (stream.isTTY === true && stream.columns !== undefined && stream.columns > 0) return stream.columns
  const stated = Number(env.COLUMNS)
  return Number.isInteger(stated) && stated > 0 ? stated : fallback
}

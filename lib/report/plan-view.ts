/** What every part of a rendered plan needs to know about its reader. */
import type { Plan } from '../plan/plan.ts'
import { shellWord } from './naming.ts'
import type { Style } from './style.ts'

export interface PlanRendering {
  readonly style: Style
  /** Columns of the terminal; `Infinity` never shortens. */
  readonly width: number
  /** Images the state holds before the plan, where that is known. */
  readonly heldImages?: number | undefined
  readonly statePath?: string | undefined
  /** Asked for by a file that says what to delete. */
  readonly onlyDeletes?: boolean | undefined
  /** Where the plan was just saved: ends with what to do next. */
  readonly savedTo?: string | undefined
  /** The plan file being shown: for the commands that show more of it. */
  readonly shownFrom?: string | undefined
  /** Every change in full. */
  readonly all?: boolean | undefined
  /** Every delete in full. */
  readonly deletes?: boolean | undefined
}

export interface PlanView {
  readonly plan: Plan
  readonly style: Style
  readonly width: number
  /** Too narrow for whole digests and long explanations. */
  readonly narrow: boolean
  readonly all: boolean
  readonly deletes: boolean
  /** The command that shows what was left out. */
  readonly more: (flag: '--all' | '--deletes') => string
}

/** Below this many columns digests lose their algorithm and amounts their explanation. */
const NARROW_COLUMNS = 100

export function viewOf(plan: Plan, rendering: PlanRendering): PlanView {
  const path = rendering.savedTo ?? rendering.shownFrom
  return {
    plan,
    style: rendering.style,
    width: rendering.width,
    narrow: rendering.width < NARROW_COLUMNS,
    all: rendering.all ?? false,
    deletes: rendering.deletes ?? false,
    more: flag =>
      path === undefined
        ? `plan -o FILE, then show FILE ${flag}`
        : `mirrorform show ${shellWord(path)} ${flag}`,
  }
}

/** The notes every command gives in the same words. */
import type { SessionNotes } from '../../lib/apply/session.ts'
import { countOf } from '../../lib/report/index.ts'
import type { Output } from '../terminal/index.ts'

/** What an interrupted run left behind, and whose lock was taken over. */
export function tellReplay(output: Output, { replayed, takenOverFrom }: SessionNotes): void {
  if (takenOverFrom !== undefined) {
    const { operation, pid, user, since } = takenOverFrom
    output.note(
      `The lock was left by ${operation} (process ${pid} of ${user}, since ${since}), which is no longer running; taken over.`,
    )
  }
  if (replayed > 0)
    output.note(
      `An earlier run was cut off after ${countOf(replayed, 'finished item')}; they are counted as done.`,
    )
}

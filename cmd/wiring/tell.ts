/** The notes every command gives in the same words. */
import type { ReadState, SessionNotes } from '../../lib/apply/session.ts'
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

/** The same where a state is only read: who has not ended yet was not cut off. */
export function tellReading(output: Output, { replayed, worker }: Omit<ReadState, 'loaded'>): void {
  if (worker === undefined) {
    tellReplay(output, { replayed, takenOverFrom: undefined })
    return
  }
  const { operation, pid, user, host, since } = worker
  const soFar = replayed === 0 ? '' : `; ${countOf(replayed, 'item')} it has finished so far count as done`
  output.note(
    `Another run is at work with this state: ${operation} (process ${pid} of ${user} on ${host}, since ${since})${soFar}.`,
  )
}

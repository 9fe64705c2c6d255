/** Verdicts and changes, by what they come to: images that are sent, that go, that are forgotten; how many of each there are. */
import type { ImageContent } from '../graph/graph.ts'
import type { StateImage } from '../state.ts'
import type { Verdict } from './classify.ts'
import type { Change } from './plan.ts'

export function imagesToDelete(verdicts: readonly Verdict[]): readonly StateImage[] {
  return verdicts.flatMap(verdict => (verdict.action === 'delete' ? [verdict.image] : []))
}

export function imagesToSend(verdicts: readonly Verdict[]): readonly ImageContent[] {
  return verdicts.flatMap(verdict =>
    verdict.action === 'add' || verdict.action === 'move' || verdict.action === 'repair'
      ? [verdict.image]
      : [],
  )
}

export function forgets(verdicts: readonly Verdict[]): readonly Change[] {
  return verdicts.flatMap(verdict => (verdict.action === 'forget' ? [verdict] : []))
}

/** What would go, where it stays because nothing is deleted. */
export function skipped(skipDeletes: boolean, verdicts: readonly Verdict[]): readonly Change[] {
  if (!skipDeletes) return []
  return imagesToDelete(verdicts).map(image => ({
    action: 'keep',
    image,
    reason: 'no longer wanted; it stays, because this plan deletes nothing',
  }))
}

/** @param unchanged images that are kept without a change of their own */
export function countActions(changes: readonly Change[], unchanged: number) {
  const counts = { add: 0, adopt: 0, move: 0, repair: 0, keep: unchanged, delete: 0, forget: 0 }
  for (const { action } of changes) counts[action] += 1
  return counts
}

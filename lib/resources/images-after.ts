/** A plan and the state it was made from -> what the mirror holds once all of it is done, for what follows from that. */
import type { Plan } from '../plan/plan.ts'
import type { State, StateImage } from '../state.ts'
import { compareText, destinationKey } from '../target.ts'
import type { HeldImages } from './resource.ts'

/**
 * Images as the fold of all of the plan's work leaves them (lib/files/fold): what it puts there takes the place of what was
 * at its destination, what it deletes or forgets is gone.
 *
 * @param state undefined before the first apply
 */
export function imagesAfter(plan: Pick<Plan, 'target' | 'changes'>, state: State | undefined): HeldImages {
  const images = new Map<string, StateImage>(
    state?.images.map(image => [destinationKey(image.destination), image]),
  )
  for (const change of plan.changes) {
    const key = destinationKey(change.image.destination)
    switch (change.action) {
      case 'add':
      case 'adopt':
      case 'move':
      case 'repair':
        images.set(key, change.image)
        break
      case 'delete':
      case 'forget':
        images.delete(key)
        break
      case 'keep':
        break
      default:
        change satisfies never
    }
  }
  const sorted = [...images.entries()].sort(([a], [b]) => compareText(a, b))
  return { target: plan.target, images: sorted.map(([, image]) => image) }
}

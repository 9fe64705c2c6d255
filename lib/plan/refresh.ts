/**
 * Brings a state in line with what its target really holds, without changing the target: images that are gone or that
 * somebody replaced are no longer ours. Pure; the asking is `surveyTags`.
 */
import type { State, StateImage } from '../state.ts'
import { compareText, destinationKey } from '../target.ts'
import type { Actual } from './classify.ts'

export interface Drift {
  readonly image: StateImage
  readonly found: 'absent' | 'replaced'
}

export interface Refreshed {
  readonly state: State
  readonly drift: readonly Drift[]
}

export function refreshState(state: State, actual: Actual): Refreshed {
  const drift = state.images.flatMap((image): readonly Drift[] => {
    const found = actual.get(destinationKey(image.destination))
    if (found === undefined || found === image.digest) return []
    return [{ image, found: found === 'absent' ? 'absent' : 'replaced' }]
  })
  const lost = new Set(drift.map(({ image }) => image))
  const images = state.images.filter(image => !lost.has(image))
  return { state: { ...state, images, ...awaitedAfter(state, drift) }, drift }
}

/** What archives brought and the target lost may be brought by any of them again. */
function awaitedAfter({ archives, awaited = [] }: State, drift: readonly Drift[]): Pick<State, 'awaited'> {
  const lost = drift.map(({ image }) => image.destination)
  if (archives === undefined || lost.length === 0) return {}
  const all = new Map([...awaited, ...lost].map(each => [destinationKey(each), each]))
  return { awaited: [...all].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each) }
}

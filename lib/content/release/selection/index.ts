/** Hands on the choice of releases from the channels of an image set. */
export type {
  ConditionalUpdates,
  GraphLookup,
  ReleaseChoice,
  ReleaseRequest,
  SelectedRelease,
} from './choice.ts'
export { collectReleases } from './collect.ts'
export { type FoundUpdate, findUpdate, type UpdateWish } from './find-update.ts'
export { selectReleases } from './select.ts'
export { checkUpdates, type UpdateQuestion } from './updates.ts'
export { recommendation } from './ways-text.ts'

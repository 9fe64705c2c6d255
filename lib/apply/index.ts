/** Carrying out plans. */
export type { ApplyEvent, ApplyResult, ItemResult } from './events.ts'
export { type ApplyRequest, applyPlan, readState, type SessionNotes, withState } from './session.ts'
export { type Finding, type VerifyResult, verifyState } from './verify.ts'

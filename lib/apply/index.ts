/** Carrying out plans. */
export type { ApplyEvent, ApplyResult, ItemResult } from './events.ts'
export { type ApplyRequest, applyPlan, readState, type SessionNotes, withState } from './session.ts'
export { type OpenShipment, type ShippedImages, shipPlan } from './ship.ts'
export { type Finding, type VerifyResult, verifyState } from './verify.ts'

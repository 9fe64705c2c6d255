/** Hands on what a release payload holds. */
export { type KubevirtRequest, kubevirtImages } from './kubevirt.ts'
export { type Payload, type PayloadComponent, releaseTag } from './payload.ts'
export { type PayloadSource, readPayload } from './read.ts'

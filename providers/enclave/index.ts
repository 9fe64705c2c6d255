/** Targets behind others: what they want is read where the one before them holds it. */
export { EnclaveError } from './enclave-error.ts'
export { type EnclavePlaces, enclavePlaces } from './enclave-sources.ts'
export { type DocumentHop, enclaveWeb, updateServiceOf } from './enclave-web.ts'
export { heldCatalog } from './held-catalog.ts'
export { heldGraphImage } from './held-graph-image.ts'
export type { Hop } from './hop.ts'

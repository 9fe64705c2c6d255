/** Hands on the verification of release payloads. */
export { type Keyring, parseKeyring, RED_HAT_KEYRING } from './keyring.ts'
export { RED_HAT_SIGNATURES_URL, signatureUrl } from './location.ts'
export { SignatureError, type SignatureFault } from './signature-error.ts'
export { type SignedPayload, type VerifiedSignature, type VerifyOptions, verifyPayload } from './verify.ts'

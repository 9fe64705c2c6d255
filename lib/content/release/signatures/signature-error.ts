/**
 * What can be wrong with the signature of a release, as a closed set, so that a test (and a person) can tell a missing
 * signature from a forged one.
 */
import { type ErrorDetails, PlanError } from '../../../errors.ts'

export type SignatureFault =
  | 'missing'
  | 'unsigned'
  | 'unknown-key'
  | 'damaged'
  | 'other-digest'
  | 'not-a-release'
  | 'expired'
  | 'expired-key'
  | 'revoked-key'
  | 'from-the-future'
  | 'unsupported'
  | 'no-keyring'

/** A payload whose signature could not be verified. No plan is made with it. */
export class SignatureError extends PlanError {
  readonly fault: SignatureFault

  constructor(fault: SignatureFault, message: string, details: ErrorDetails) {
    super(message, details)
    this.fault = fault
  }
}

/** Why one signature does not count. `why` follows the name of the signature in a sentence: `is expired since …`. */
export interface Refusal {
  readonly kind: 'refused'
  readonly fault: SignatureFault
  readonly why: string
  readonly cause?: unknown
}

export function refused(fault: SignatureFault, why: string, cause?: unknown): Refusal {
  return { kind: 'refused', fault, why, ...(cause !== undefined && { cause }) }
}

const HINTS: Readonly<Record<SignatureFault, string>> = {
  missing:
    'new releases are signed some hours after they are built; where signatures are served elsewhere, name the place in OCP_SIGNATURE_URL',
  unsigned:
    'check that OCP_SIGNATURE_URL serves signature messages and not detached signatures or a web page',
  'unknown-key':
    'if you trust the signer, put its public key, armored, into a file and name the file in OCP_SIGNATURE_VERIFICATION_PK',
  damaged: 'fetch the signature again; if it stays so, do not use this release and tell whoever serves it',
  'other-digest': 'the server sends the signature of another release; do not use this one',
  'not-a-release': 'the message is signed for another purpose; check OCP_SIGNATURE_URL',
  expired: 'ask the signer for a new signature, or take a newer release',
  'expired-key': 'the signer has a newer key: name a file with it in OCP_SIGNATURE_VERIFICATION_PK',
  'revoked-key': 'the signer has withdrawn this key: take a release that was signed with its newer one',
  'from-the-future': 'check the clock of this machine',
  unsupported:
    'ask the signer for an OpenPGP signature with RSA (2048 bits or more) or Ed25519 and SHA-256 or better',
  'no-keyring':
    'set OCP_SIGNATURE_URL to where its signatures are served and OCP_SIGNATURE_VERIFICATION_PK to a file with the public key of its signer',
}

export function hintFor(fault: SignatureFault): string {
  return HINTS[fault]
}

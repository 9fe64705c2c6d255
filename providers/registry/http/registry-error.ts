/**
 * What a failed request says to the user: what was being done, to what, what the other side answered, what to try.
 *
 * The layers below an operation only know the fault (`Fault`); `about` adds the operation once it is known.
 */
import { PlaceError } from '../../../lib/errors.ts'

/** `cannot <action> <subject>: …`, for instance "read the manifest" and "quay.io/acme/app:1". */
export interface Operation {
  readonly action: string
  readonly subject: string
}

export interface Fault {
  /** What happened, without what it happened to: `quay.io answered 404 MANIFEST_UNKNOWN`. */
  readonly detail: string
  readonly hint?: string | undefined
  readonly status?: number | undefined
  /** The registry's error code, `MANIFEST_UNKNOWN` (OCI distribution-spec 1.1, "Error Codes"). */
  readonly code?: string | undefined
  readonly retryable?: boolean | undefined
  /** Milliseconds the server asked to wait. */
  readonly retryAfter?: number | undefined
  /** The login was taken and yet the answer was 401 or 403: what was asked for may simply not exist. */
  readonly mayBeAbsent?: boolean | undefined
  readonly cause?: unknown
}

export class RegistryError extends PlaceError {
  readonly fault: Fault
  readonly operation: Operation | undefined

  constructor(fault: Fault, operation?: Operation) {
    super(
      operation === undefined
        ? fault.detail
        : `cannot ${operation.action} ${operation.subject}: ${fault.detail}`,
      fault,
    )
    this.fault = fault
    this.operation = operation
  }

  get retryAfter(): number | undefined {
    return this.fault.retryAfter
  }

  /** The same fault, told about an operation; one that was told already stays as it is. */
  about(operation: Operation): RegistryError {
    return this.operation === undefined ? new RegistryError(this.fault, operation) : this
  }

  /** The same error, with part of its fault changed. */
  with(change: Partial<Fault>): RegistryError {
    return new RegistryError({ ...this.fault, ...change }, this.operation)
  }
}

/** Whether a registry may have hidden that something is not there behind a refusal. */
export function isHiddenAbsence(error: unknown): boolean {
  return error instanceof RegistryError && error.fault.mayBeAbsent === true
}

/**
 * Errors a person can act on.
 *
 * Every error that reaches the user says what was being done, to what, what the other side said, and (as `hint`)
 * what to try. The first cause is kept in `cause` and never replaced by a later one. Messages never hold secrets.
 */

export interface ErrorDetails {
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** Base class: the command line prints `message`, then `Hint: …`, and exits with `exitCode`. */
export class MirrorformError extends Error {
  readonly hint: string | undefined
  readonly exitCode: number = 1

  constructor(message: string, details: ErrorDetails = {}) {
    super(withoutLogins(message), details.cause === undefined ? {} : { cause: details.cause })
    this.name = new.target.name
    this.hint = details.hint === undefined ? undefined : withoutLogins(details.hint)
  }
}

/** What is before the `@` of an address: of the web anything, of other schemes `user:password`. Digests follow an `@` too. */
const LOGIN_IN_ADDRESS =
  /(https?:\/\/)[^\s/"'@]+(?:@[^\s/"'@]+)*@|((?!file:)\b[a-z][a-z\d+.-]*:\/\/)[^\s/"'@:]+:[^\s/"']*@(?!sha(?:256|512):)/g
/** `user:password@host/…`, as a person writes it in front of a reference. */
const LOGIN_BEFORE_NAME = /(^|[\s"'=(])[^\s/"'@:=(]+:[^\s/"'@]+@(?!sha(?:256|512):)(?=[\w.[])/g

/** `"https://bob:secret@host/x"` → `"https://…@host/x"`: whatever quotes what somebody typed goes through here. */
export function withoutLogins(text: string): string {
  if (!text.includes('@')) return text
  return text
    .replace(LOGIN_IN_ADDRESS, (_, web: string | undefined, other: string | undefined) => `${web ?? other}…@`)
    .replace(LOGIN_BEFORE_NAME, '$1…@')
}

/** The command line itself is wrong: an unknown flag, a missing argument, two flags that exclude each other. */
export class UsageError extends MirrorformError {}

/** A reference, digest, platform or manifest that breaks the grammar of its specification. */
export class SyntaxFault extends MirrorformError {}

/** Bytes that do not match the digest they were asked for by. */
export class DigestMismatchError extends MirrorformError {
  readonly expected: string
  readonly actual: string

  constructor(what: string, expected: string, actual: string, details: ErrorDetails = {}) {
    super(`${what}: the bytes do not match their digest: expected ${expected}, got ${actual}`, {
      hint: 'the content was damaged on the way or where it is stored; try again, then check the server it came from',
      ...details,
    })
    this.expected = expected
    this.actual = actual
  }
}

/** A place (registry, layout folder) refused or failed. `retryable` says whether the same request may work later. */
export class PlaceError extends MirrorformError {
  readonly status: number | undefined
  readonly code: string | undefined
  readonly retryable: boolean

  constructor(
    message: string,
    details: ErrorDetails & {
      readonly status?: number | undefined
      readonly code?: string | undefined
      readonly retryable?: boolean | undefined
    } = {},
  ) {
    super(message, details)
    this.status = details.status
    this.code = details.code
    this.retryable = details.retryable ?? false
  }
}

/** The state, its lock or its journal cannot be used as it is. */
export class StateError extends MirrorformError {}

/** The plan cannot be made, read or applied. */
export class PlanError extends MirrorformError {}

/** What a place says of an image that it does not have. */
export interface Absence {
  /** `does not exist`, `is not in file:///media/disc` */
  readonly said: string
  readonly hint: string
}

const NO_SUCH_NAME: Absence = {
  said: 'does not exist',
  hint: 'check the name and the tag; `skopeo list-tags` on the repository shows what there is',
}

/** A place has no image of that name. */
export class MissingImageError extends PlanError {
  /** @param what `quay.io/acme/app:1`, `the catalog registry.redhat.io/redhat/index:v4.18` */
  constructor(what: string, { said, hint }: Absence = NO_SUCH_NAME) {
    super(`${what} ${said}`, { hint })
  }
}

/** The receipt of a far side cannot be read, or is that of another. */
export class ReceiptError extends MirrorformError {}

/** The resources of a cluster cannot be made, or cannot be written where they were asked for. */
export class ResourceError extends MirrorformError {}

/** Interrupted by the user; what was finished is saved. */
export class InterruptedError extends MirrorformError {
  override readonly exitCode: number = 130
}

/** The text of any thrown value, for a line of output. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The hint of an error or of the first cause that has one. */
export function hintOf(error: unknown): string | undefined {
  for (const at of causesOf(error)) if (at instanceof MirrorformError && at.hint !== undefined) return at.hint
  return undefined
}

/** An error and its causes, outermost first; an error that is its own cause ends the list. */
export function causesOf(error: unknown): readonly Error[] {
  const chain = new Set<Error>()
  for (let at = error; at instanceof Error && !chain.has(at); at = at.cause) chain.add(at)
  return [...chain]
}

/**
 * What the registry client is given and what it gives back.
 *
 * Environment, home folder, time and randomness come in as values, so that the same options always mean the same
 * requests. `target` is the only place that may be changed: see `http/guard.ts`.
 */
import type { Sources, Target } from '../../lib/provider.ts'
import type { TargetAddress } from '../../lib/target.ts'
import type { HostProfile } from './profile/host-profile.ts'

export interface RegistryOptions {
  /** `--authfile`: searched before every other credential file. */
  readonly authFile?: string
  /** What the command line calls it, for messages; default `--authfile`. */
  readonly authFileFlag?: string
  /** `--src-authfile`, `--dest-authfile`: instead of `authFile` for one side, so that both may be one host. */
  readonly srcAuthFile?: string
  readonly destAuthFile?: string
  /** Default true. false also takes certificates nobody vouches for, and plain HTTP where HTTPS is not spoken. */
  readonly srcTlsVerify?: boolean
  readonly destTlsVerify?: boolean
  /** Names of source repositories (`quay.io/acme/app`) that are reached as if `srcTlsVerify` was false. */
  readonly insecureSources?: ReadonlySet<string>
  /** Folders that hold `<host[:port]>/*.crt`; default: the user's, then `/etc/containers` and `/etc/docker`. */
  readonly certsDirs?: readonly string[]
  /** A PEM file with further authorities, for every host. */
  readonly authorityFile?: string
  /** A `registries.conf` to use instead of the environment's and the standard places. */
  readonly registriesConf?: string
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** The only place that mutating requests may go to; without it there are none. */
  readonly target?: TargetAddress
  /** How often a request that failed for a passing reason is sent again; default 5. */
  readonly retries?: number
  /** Milliseconds before the first retry, doubled for each further one; default 1000. */
  readonly retryDelay?: number
  readonly timeouts?: Timeouts
  /** `--max-requests-per-second`, to each host; default: what the host takes. */
  readonly maxRequestsPerSecond?: number
  /** `--bandwidth`: bytes of blobs a second, read and written each; default: no limit. */
  readonly bandwidth?: number
  readonly userAgent?: string
  /** Called for every answer (and, with status 0, for every request that got none). URLs are free of secrets. */
  readonly onRequest?: (request: RequestRecord) => void
  readonly clock?: Clock
  /** Default: nothing is kept. */
  readonly profiles?: ProfileStore
}

/** Milliseconds without progress, never for a whole transfer. */
export interface Timeouts {
  readonly connect?: number
  /** While a body is being sent: in which the other side has to take some of it; default 60 s. */
  readonly sending?: number
  /** From the last byte sent to the answer's headers. */
  readonly headers?: number
  /** Between two pieces of an answer's body. */
  readonly body?: number
}

/** Keeps what was learnt of registries between runs. Never throws: it only saves requests. */
export interface ProfileStore {
  /** What is known, by host (`quay.io`, `registry.example:5000`). */
  load(): Promise<ReadonlyMap<string, HostProfile>>
  save(host: string, profile: HostProfile): Promise<void>
}

export interface RequestRecord {
  readonly method: string
  readonly url: string
  readonly status: number
  /** milliseconds until the headers of the answer */
  readonly ms: number
}

export interface Clock {
  /** milliseconds, of any fixed origin */
  now(): number
  /** 0 ≤ x < 1 */
  random(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export interface RegistryAccess {
  /** Opens sources of kind `registry`; the same repository gives the same reader. */
  readonly sources: Sources
  /** @throws RegistryError when registries.conf blocks the address. */
  target(address: TargetAddress): Target
  close(): Promise<void>
}

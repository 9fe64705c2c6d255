/** What the reader of the web is given: environment, time and trust come in as values. */
import type { Clock } from '../registry/options.ts'

export interface WebReaderOptions {
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly env: NodeJS.ProcessEnv
  /** Where `.config/containers/certs.d` is looked for; without it only the system's folders are. */
  readonly home?: string
  /** How often a request that failed for a passing reason is sent again; default 5. */
  readonly retries?: number
  /** Milliseconds before the first retry, doubled for each further one; default 1000. */
  readonly retryDelay?: number
  readonly userAgent?: string
  /** Default true. false takes certificates nobody vouches for. */
  readonly srcTlsVerify?: boolean
  /** Milliseconds without any progress before a request counts as failed; default 30 seconds. */
  readonly stallTimeout?: number
  readonly clock?: Clock
  /** Ends every request that is under way. */
  readonly signal?: AbortSignal
}

/**
 * What the embedded registry is from outside: how it is started, what it records of every request, and the faults a
 * test can make it show.
 */
import type { RepositoryPath } from '../../lib/oci/reference.ts'

export interface RegistryServerOptions {
  /** An OCI image layout; created on the first push. */
  readonly folder: string
  /** Default 127.0.0.1 and a free port. */
  readonly listen?: { readonly host?: string; readonly port?: number }
  /** PEM texts; without them the server speaks plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly auth?: RegistryAuth
  /** false: every DELETE of content is answered 405. Default true. */
  readonly allowDelete?: boolean
  /** false: deleting a tag is answered 400 DIGEST_INVALID, as docker-registry 2.8 does. Default true. */
  readonly allowTagDelete?: boolean
  /** false: an index may lack children. Default true. */
  readonly requireChildren?: boolean
  /** false: the referrers API answers 404, as before OCI 1.1. Default true. */
  readonly referrersApi?: boolean
  /** absolute: with scheme and host, and with a `_state` in the query that has to come back. Default relative. */
  readonly uploadLocations?: 'relative' | 'absolute'
  /** opaque: at most two tags on a page, and links that are absolute and say nothing of the next tag. Default relative. */
  readonly pageLinks?: 'relative' | 'opaque'
  /** false: HEAD of a manifest has no Docker-Content-Digest. Default true. */
  readonly headDigest?: boolean
  /** Asked when a request has arrived, before anything is done about it. */
  readonly faults?: (request: RecordedRequest) => Fault | undefined
  /** Told of every request once it is answered or broken off. */
  readonly onRequest?: (request: RecordedRequest) => void
  /** false: `requests` stays empty, for servers that run for long. Default true. */
  readonly keepRequests?: boolean
  /** Milliseconds; the clock of tokens and idle uploads. Default Date.now. */
  readonly now?: () => number
}

export interface RegistryAuth {
  /** User → password. */
  readonly users: Readonly<Record<string, string>>
  readonly scheme: 'basic' | 'bearer'
  /** Seconds; default 300. */
  readonly tokenLifetime?: number
  readonly anonymousPull?: boolean
}

/**
 * What goes wrong with one request. Faults of bytes strike the answer of a GET, and what was sent with any other
 * request. After `delay` the request is served as usual.
 */
export type Fault =
  | {
      readonly do: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** The connection is closed: at once, or when that many bytes of content have passed. */
  | { readonly do: 'hang-up'; readonly afterBytes?: number }
  /** One bit of the content is flipped. */
  | { readonly do: 'corrupt' }
  /** An answer that announces its full length ends, with the connection, after so many bytes. */
  | { readonly do: 'truncate'; readonly bytes: number }
  /** The answer announces so many bytes more than there are, and has them. */
  | { readonly do: 'lengthen'; readonly bytes: number }
  /** Silence until the client gives up or the server is closed: at once, or when that many bytes of content have passed. */
  | { readonly do: 'stall'; readonly afterBytes?: number }
  | { readonly do: 'delay'; readonly ms: number }

export type RequestSubject =
  | 'ping'
  | 'token'
  | 'catalog'
  | 'manifest'
  | 'blob'
  | 'upload'
  | 'tags'
  | 'referrers'
  | 'unknown'

export interface RecordedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** What follows the `?`, as sent; empty when there is none. */
  readonly query: string
  readonly what: RequestSubject
  readonly repository?: RepositoryPath
  /** The tag or digest of a manifest, the digest of a blob or subject, the session of an upload; for a mount the blob. */
  readonly reference?: string
  /** Lower-case names. Of `authorization` only the scheme is kept. */
  readonly headers: Readonly<Record<string, string>>
  /** 0 until the answer begins, and for good when it never does. */
  readonly status: number
  /** Content received so far, bytes. */
  readonly bytesIn: number
  /** Content sent so far, bytes. */
  readonly bytesOut: number
}

export interface RegistryServer {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** In the order of arrival. */
  readonly requests: readonly RecordedRequest[]
  clearRequests(): void
  /** Every token given out so far is refused from now on. */
  revokeTokens(): void
  /** Breaks off what is going on and resolves when nothing touches the folder any more. */
  close(): Promise<void>
}

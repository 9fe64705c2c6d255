/** A reverse proxy before a registry that counts requests by kind, and the bytes of bodies each way. */
import { startReverseProxy } from './reverse-proxy.ts'

export interface Traffic {
  /** `GET blob`, `HEAD manifest`, `POST mount`, …: see `kindOf`. */
  readonly requests: ReadonlyMap<string, number>
  readonly total: number
  /** Bytes of request bodies, and of answers' bodies. */
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface CountingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** What was counted since the start or the last `reset`. */
  traffic(): Traffic
  reset(): void
  close(): Promise<void>
}

/** @param upstream the registry, `127.0.0.1:PORT`, plain HTTP */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  let requests = new Map<string, number>()
  let bytes = { in: 0, out: 0 }
  const { host, close } = await startReverseProxy(upstream, {
    arrives(method, url) {
      const kind = kindOf(method, url)
      requests.set(kind, (requests.get(kind) ?? 0) + 1)
      return undefined
    },
    sent: count => {
      bytes.in += count
    },
    received: count => {
      bytes.out += count
    },
  })
  return {
    host,
    traffic: () => ({
      requests: new Map([...requests].sort(([a], [b]) => (a < b ? -1 : 1))),
      total: [...requests.values()].reduce((sum, count) => sum + count, 0),
      bytesIn: bytes.in,
      bytesOut: bytes.out,
    }),
    reset() {
      requests = new Map()
      bytes = { in: 0, out: 0 }
    },
    close,
  }
}

/** What a request to a registry is about (OCI distribution-spec 1.1, "Endpoints"). */
export function kindOf(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://registry')
  if (pathname === '/v2/' || pathname === '/v2') return `${method} /v2/`
  if (/\/blobs\/uploads\//.test(pathname))
    return searchParams.has('mount') ? `${method} mount` : `${method} upload`
  const thing = /\/(blob|manifest|referrer|tag)s\/[^/]+$/.exec(pathname)?.[1]
  return `${method} ${thing ?? 'other'}`
}

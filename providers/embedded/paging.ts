/** Lists that are handed out in pages (OCI distribution-spec 1.1, "Listing Tags"): `n` per page, those after `last`. */
import { Problem } from './problem.ts'

export interface Page {
  readonly items: readonly string[]
  /** The `Link` header to the next page; empty on the last one. */
  readonly headers: Readonly<Record<string, string>>
}

/** Links that are absolute and say nothing of the items, on pages of few whatever the client asks for. */
export interface OpaquePages {
  /** `http://127.0.0.1:5000` */
  readonly origin: string
  /** Most items on a page. */
  readonly most: number
}

const CURSOR = 'cursor'

/**
 * @param sorted everything there is, in byte order
 * @param opaque for pages as some registries have them; left out, links say `n` and `last`
 */
export function pageOf(sorted: readonly string[], url: URL, opaque?: OpaquePages): Page {
  const asked = pageSize(url.searchParams.get('n'))
  const cursor = opaque && url.searchParams.get(CURSOR)
  const last = cursor ? Buffer.from(cursor, 'base64url').toString() : url.searchParams.get('last')
  const rest = last === null ? sorted : sorted.filter(item => item > last)
  const size = Math.min(asked, opaque?.most ?? asked)
  const items = rest.slice(0, size)
  const end = items.at(-1)
  if (end === undefined || items.length === rest.length) return { items, headers: {} }
  const next =
    opaque === undefined
      ? new URLSearchParams({ n: String(size), last: end })
      : new URLSearchParams({ [CURSOR]: Buffer.from(end).toString('base64url') })
  return { items, headers: { link: `<${opaque?.origin ?? ''}${url.pathname}?${next}>; rel="next"` } }
}

function pageSize(text: string | null): number {
  if (text === null) return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Problem('PAGINATION_NUMBER_INVALID', `n=${text} is not a number of items`)
}

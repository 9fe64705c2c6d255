/** Lists that are handed out in pages (OCI distribution-spec 1.1, "Listing Tags"): `n` per page, those after `last`. */
import { Problem } from './problem.ts'

export interface Page {
  readonly items: readonly string[]
  /** The `Link` header to the next page; empty on the last one. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * @param sorted everything there is, in byte order
 * @param limit most items on a page even when the client asks for more, or for all
 */
export function pageOf(sorted: readonly string[], url: URL, limit: number = Number.POSITIVE_INFINITY): Page {
  const asked = pageSize(url.searchParams.get('n'))
  const last = url.searchParams.get('last')
  const rest = last === null ? sorted : sorted.filter(item => item > last)
  const size = Math.min(asked, limit)
  const items = rest.slice(0, size)
  const end = items.at(-1)
  if (end === undefined || items.length === rest.length) return { items, headers: {} }
  const next = new URLSearchParams({ n: String(size), last: end })
  return { items, headers: { link: `<${url.pathname}?${next}>; rel="next"` } }
}

function pageSize(text: string | null): number {
  if (text === null) return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Problem('PAGINATION_NUMBER_INVALID', `n=${text} is not a number of items`)
}

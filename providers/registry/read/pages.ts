/**
 * Reads lists that come in pages (tags, referrers): one JSON object after another, following `Link` exactly as it is
 * given, because its cursor is the registry's own affair (OCI distribution-spec 1.1, "Listing Tags").
 */
import { isRecord } from '../../../lib/oci/json.ts'
import { readAtMost } from '../http/body.ts'
import { RegistryError } from '../http/registry-error.ts'
import type { ApiRequest } from '../http/session.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import type { RepositoryAt } from '../repository-at.ts'

/** Bytes of one page: some registries send a hundred thousand tags at once. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024

export interface Page {
  readonly json: Readonly<Record<string, unknown>>
  readonly answer: Answer
  /** Whether another page follows. */
  readonly more: boolean
}

/**
 * Pages in order, until the caller stops. Only the first may be something else than 200: then undefined is yielded for
 * an answer that `declined` recognises.
 */
export async function* readPages(
  at: RepositoryAt,
  first: Omit<ApiRequest, 'wanted'>,
  declined: (answer: Answer) => Promise<boolean>,
  mayDecline: (status: number) => boolean,
  signal: AbortSignal,
): AsyncGenerator<Page | undefined, void, undefined> {
  const seen = new Set<string>()
  for (let next: string | URL | undefined = first.path; next !== undefined; ) {
    const isFirst = seen.size === 0
    seen.add(String(next))
    const request: ApiRequest = {
      ...first,
      path: next,
      wanted: status => status === 200 || (isFirst && mayDecline(status)),
    }
    const page = await at.session.request(request, signal, async answer => {
      if (isFirst && (await declined(answer))) return undefined
      return { json: await readPage(answer), answer }
    })
    if (page === undefined) {
      yield undefined
      return
    }
    const link = nextLink(page.answer)
    if (link !== undefined && seen.has(link.href))
      throw new RegistryError({ detail: `${at.session.host} sends its pages in a circle` }, first.operation)
    yield { ...page, more: link !== undefined }
    next = link
  }
}

async function readPage(answer: Answer): Promise<Readonly<Record<string, unknown>>> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(await readAtMost(answer, MAX_PAGE_BYTES)))
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof RangeError)) throw cause
  }
  if (!isRecord(json))
    throw new RegistryError({
      detail: `${answer.url.host} answered with something that is not a list`,
      hint: 'check that it is the registry itself, not its web console or a proxy',
    })
  return json
}

/** The target of `Link: <…>; rel="next"` (RFC 8288), relative to the page it came with. */
export function nextLink(answer: Pick<Answer, 'headers' | 'url'>): URL | undefined {
  const header = headerOf(answer, 'link') ?? ''
  for (const [, target = '', parameters = ''] of header.matchAll(/<([^>]*)>([^<]*)/g))
    if (/;\s*rel\s*=\s*"?next"?\s*(?:[;,]|$)/i.test(parameters) && URL.canParse(target, answer.url.href))
      return new URL(target, answer.url)
  return undefined
}

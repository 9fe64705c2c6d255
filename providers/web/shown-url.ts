/** A URL for messages and logs: without login, and of the query only what cannot be a secret. */

/** What update graphs are asked by (OpenShift Update Service, "graph"). */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set(['arch', 'channel', 'version', 'id'])

export function shownUrl(url: URL): string {
  const query = [...url.searchParams].map(([name, value]) =>
    SHOWN_PARAMETERS.has(name) ? `${name}=${value}` : `${name}=…`,
  )
  const place = url.protocol === 'file:' ? url.href.split(/[?#]/, 1)[0] : `${url.origin}${url.pathname}`
  return `${place}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

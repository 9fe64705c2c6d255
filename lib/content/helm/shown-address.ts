/** An address for messages: without login, query and fragment. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '')
    return url
  parsed.username = ''
  parsed.password = ''
  parsed.search = ''
  parsed.hash = ''
  return parsed.href
}

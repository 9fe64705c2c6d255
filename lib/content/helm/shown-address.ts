/** An address for messages: without login, and without the values of its query. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.username === '' && parsed.password === '' && parsed.search === '') return url
  parsed.username = ''
  parsed.password = ''
  parsed.search = ''
  return parsed.href
}

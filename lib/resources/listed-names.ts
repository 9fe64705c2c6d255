/** Names in a note: the first few of them, and how many more there are. */
const LISTED = 3

export function listedNames(names: readonly string[]): string {
  const more = names.length - LISTED
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${more} more` : names.join(', ')
}

/** Text -> a basic string of TOML 1.0. What stands in our files (hosts, paths) needs no more than JSON's escapes. */

export function tomlText(text: string): string {
  return JSON.stringify(text)
}

/**
 * `.indexignore` files → which files of a catalog are no part of it. Their lines mean what they mean in a `.gitignore`
 * (gitignore(5)): the last pattern that matches decides, patterns of deeper folders come after those above them, and what
 * lies in an ignored folder cannot be taken back.
 *
 * Patterns come from strangers, so they are matched step by step and never as regular expressions.
 */

export const IGNORE_FILE = '.indexignore'

type CharPattern = '*' | ((char: string) => boolean)
type PathPattern = '**' | readonly CharPattern[]

interface Rule {
  readonly ignores: boolean
  readonly onlyFolders: boolean
  readonly path: readonly PathPattern[]
}

/** @param files path → bytes. @returns whether the file at a path is ignored; the ignore files themselves are. */
export function ignoreRules(files: ReadonlyMap<string, Uint8Array>): (path: string) => boolean {
  const rules = new Map<string, readonly Rule[]>()
  for (const [path, bytes] of files) {
    const slash = path.lastIndexOf('/')
    if (path.slice(slash + 1) !== IGNORE_FILE) continue
    const lines = new TextDecoder().decode(bytes).split('\n')
    rules.set(
      path.slice(0, Math.max(slash, 0)),
      lines.map(readRule).filter(rule => rule !== undefined),
    )
  }
  if (rules.size === 0) return () => false
  const known = new Map<string, boolean>()
  const isIgnored = (parts: readonly string[], isFolder: boolean): boolean => {
    const path = parts.join('/')
    const before = known.get(path)
    if (isFolder && before !== undefined) return before
    const parent = parts.slice(0, -1)
    const answer = (parent.length > 0 && isIgnored(parent, true)) || decide(rules, parts, isFolder)
    if (isFolder) known.set(path, answer)
    return answer
  }
  return path => {
    const parts = path.split('/')
    return parts.at(-1) === IGNORE_FILE || isIgnored(parts, false)
  }
}

/** What the rules of all folders above say, the deepest last. */
function decide(
  rules: ReadonlyMap<string, readonly Rule[]>,
  parts: readonly string[],
  isFolder: boolean,
): boolean {
  let ignored = false
  for (let depth = 0; depth < parts.length; depth++) {
    const below = parts.slice(depth)
    for (const rule of rules.get(parts.slice(0, depth).join('/')) ?? [])
      if ((isFolder || !rule.onlyFolders) && matchesPath(rule.path, below)) ignored = rule.ignores
  }
  return ignored
}

/** undefined for an empty line and for a comment. */
function readRule(line: string): Rule | undefined {
  let text = line.replace(/\r$/, '')
  // Spaces at the end count only behind a backslash.
  while (text.endsWith(' ') && !/(?<!\\)(?:\\\\)*\\ $/.test(text)) text = text.slice(0, -1)
  if (text === '' || text.startsWith('#')) return undefined
  const ignores = !text.startsWith('!')
  if (!ignores) text = text.slice(1)
  const onlyFolders = text.endsWith('/')
  if (onlyFolders) text = text.slice(0, -1)
  if (text === '') return undefined
  const isAnchored = text.includes('/')
  const parts = text.replace(/^\//, '').split('/')
  const path: PathPattern[] = parts.map(part => (part === '**' ? part : readPart(part)))
  if (!isAnchored) path.unshift('**')
  // `a/**` is what lies in the folder, not the folder.
  if (isAnchored && path.at(-1) === '**') path.push(['*'])
  return { ignores, onlyFolders, path }
}

function readPart(text: string): readonly CharPattern[] {
  const pattern: CharPattern[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    const range = char === '[' ? readRange(text, at) : undefined
    if (char === '*') pattern.push('*')
    else if (char === '?') pattern.push(() => true)
    else if (range !== undefined) {
      pattern.push(range.matches)
      at = range.last
    } else {
      const literal = char === '\\' ? (text[++at] ?? char) : char
      pattern.push(each => each === literal)
    }
  }
  return pattern
}

/** `[a-z]`, `[!0-9]`; undefined when the bracket is not closed and stands for itself. */
function readRange(
  text: string,
  start: number,
): { matches(char: string): boolean; last: number } | undefined {
  let at = start + 1
  const isNegated = text[at] === '!' || text[at] === '^'
  if (isNegated) at++
  const ranges: (readonly [from: string, to: string])[] = []
  for (const first = at; at < text.length; at++) {
    let from = text[at] ?? ''
    if (from === ']' && at > first)
      return {
        last: at,
        matches: char => ranges.some(([low, high]) => low <= char && char <= high) !== isNegated,
      }
    if (from === '\\') from = text[++at] ?? ''
    const isRange = text[at + 1] === '-' && (text[at + 2] ?? ']') !== ']'
    if (isRange) at += 2
    ranges.push([from, isRange ? (text[at] ?? '') : from])
  }
  return undefined
}

function matchesPath(pattern: readonly PathPattern[], parts: readonly string[]): boolean {
  const isPart = (part: PathPattern, text: string) =>
    part !== '**' && matches(part, [...text], '*', (one, char) => one !== '*' && one(char))
  return matches(pattern, parts, '**', isPart)
}

/**
 * Whether a sequence fits a pattern in which `star` stands for any number of items. Only the last star has to be tried
 * again when the rest does not fit, so the time is at most the product of both lengths.
 */
function matches<Pattern, Item>(
  pattern: readonly Pattern[],
  items: readonly Item[],
  star: Pattern,
  fits: (one: Pattern, item: Item) => boolean,
): boolean {
  let p = 0
  let lastStar = -1
  let retryFrom = 0
  for (let i = 0; i < items.length; ) {
    const one = pattern[p]
    const item = items[i]
    if (one !== undefined && one === star) {
      lastStar = p++
      retryFrom = i
    } else if (one !== undefined && item !== undefined && fits(one, item)) {
      p++
      i++
    } else if (lastStar >= 0) {
      p = lastStar + 1
      i = ++retryFrom
    } else return false
  }
  while (p < pattern.length && pattern[p] === star) p++
  return p === pattern.length
}

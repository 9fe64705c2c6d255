/** `.helmignore` of a chart in a folder → which of its files are no part of it (Helm, "The .helmignore file"). */
import picomatch from 'picomatch'

/** Helm's own rule. */
const ALWAYS = 'templates/.?*'

/** @returns whether a path below the chart's folder is left out */
export function ignoredBy(rules: string): (path: string) => boolean {
  const patterns = `${rules}\n${ALWAYS}`
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(toPattern)
  return path => partsOf(path).some(part => isIgnored(part, patterns))
}

interface Pattern {
  readonly isNegated: boolean
  readonly onlyFolders: boolean
  matches(path: string): boolean
}

function toPattern(line: string): Pattern {
  const isNegated = line.startsWith('!')
  const bare = isNegated ? line.slice(1) : line
  const onlyFolders = bare.endsWith('/')
  const glob = bare.replace(/\/$/, '')
  const isAnchored = glob.includes('/')
  const matcher = picomatch(glob.replace(/^\//, ''), { dot: true })
  return {
    isNegated,
    onlyFolders,
    matches: path => matcher(isAnchored ? path : path.slice(path.lastIndexOf('/') + 1)),
  }
}

interface PathPart {
  readonly path: string
  readonly isFolder: boolean
}

/** `a/b/c` → the folders `a` and `a/b`, and the file itself. */
function partsOf(path: string): readonly PathPart[] {
  const names = path.split('/')
  return names.map((_, at) => ({ path: names.slice(0, at + 1).join('/'), isFolder: at < names.length - 1 }))
}

/** Unlike anywhere else, a negated rule of Helm's leaves out everything that it does not match. */
function isIgnored({ path, isFolder }: PathPart, patterns: readonly Pattern[]): boolean {
  return patterns.some(({ isNegated, onlyFolders, matches }) => {
    if (onlyFolders && !isFolder) return isNegated
    return matches(path) !== isNegated
  })
}

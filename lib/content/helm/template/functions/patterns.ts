/** Regular expressions (RE2, as Go's), versions, paths and addresses (sprig, "String Functions", "Semantic Version", "Path", "URL"). */
import { RE2JS } from 're2js'
import { meetsConstraint, readVersion } from '../../version-constraint.ts'
import { TemplateFault } from '../template-fault.ts'
import { type Dict, GoObject, type Value } from '../value.ts'
import { dictAt, type TemplateFunction, textAt, wholeAt } from './arguments.ts'

const compiled = (args: readonly Value[]): RE2JS => RE2JS.compile(textAt(args, 0))

function findAll(pattern: RE2JS, text: string, most: number): readonly string[] {
  const found: string[] = []
  const matcher = pattern.matcher(text)
  while ((most < 0 || found.length < most) && matcher.find()) found.push(matcher.group() ?? '')
  return found
}

/** Go writes `${1}` and `$1` for groups, by number or by name; the longest name counts: `$1W` is a group called 1W. */
function replaceAll(pattern: RE2JS, text: string, by: string): string {
  const groups = pattern.namedGroups()
  const parts: string[] = []
  const matcher = pattern.matcher(text)
  let from = 0
  while (matcher.find()) {
    const group = (name: string): string => {
      const at = /^\d+$/.test(name) ? Number(name) : (groups[name] ?? Number.POSITIVE_INFINITY)
      return at <= matcher.groupCount() ? (matcher.group(at) ?? '') : ''
    }
    const filled = by.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_, dollar, name, braced) =>
      dollar === undefined ? group(name ?? braced) : '$',
    )
    parts.push(text.slice(from, matcher.start()), filled)
    from = matcher.end()
  }
  return [...parts, text.slice(from)].join('')
}

function literally(pattern: RE2JS, text: string, by: string): string {
  return replaceAll(pattern, text, by.replaceAll('$', '$$$$'))
}

/** Go regexp, Split: of at most so many parts, all when negative. */
function split(pattern: RE2JS, text: string, most: number): readonly string[] {
  if (most === 0) return []
  const parts: string[] = []
  const matcher = pattern.matcher(text)
  let from = 0
  let last = 0
  while ((most < 0 || parts.length < most - 1) && matcher.find()) {
    last = matcher.start()
    if (matcher.end() !== 0) parts.push(text.slice(from, last))
    from = matcher.end()
  }
  return last === text.length && text !== '' ? parts : [...parts, text.slice(from)]
}

/** An expression that is none matches nothing (sprig drops the error). */
function matches(args: readonly Value[]): boolean {
  try {
    return compiled(args).matcher(textAt(args, 1)).find()
  } catch {
    return false
  }
}

/** @throws TemplateFault */
function satisfiesVersion(constraint: string, version: string): boolean {
  const meets = meetsConstraint(version, constraint)
  if (meets === undefined) throw new TemplateFault(`"${version}" and "${constraint}" cannot be compared`)
  return meets
}

/** @throws TemplateFault */
function versionParts(text: string): GoObject {
  const version = readVersion(text)
  if (version === undefined) throw new TemplateFault(`"${text}" is not a version`)
  const { major, minor, patch, prerelease, build } = version
  return new GoObject(
    {
      Major: BigInt(major),
      Minor: BigInt(minor),
      Patch: BigInt(patch),
      Prerelease: prerelease.join('.'),
      Metadata: build.join('.'),
      Original: text,
      Compare: ([other]) => (other instanceof GoObject ? BigInt(version.compare(other.text)) : 0n),
      LessThan: ([other]) => other instanceof GoObject && version.compare(other.text) < 0,
      GreaterThan: ([other]) => other instanceof GoObject && version.compare(other.text) > 0,
      Equal: ([other]) => other instanceof GoObject && version.compare(other.text) === 0,
    },
    version.version,
  )
}

function clean(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/'))
    if (part === '..' && path.startsWith('/')) parts.pop()
    else if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  const joined = parts.join('/')
  return path.startsWith('/') ? `/${joined}` : joined || '.'
}

const baseOf = (path: string): string =>
  path.replace(/\/+$/, '').split('/').at(-1) || (path === '' ? '.' : '/')
const folderOf = (path: string): string =>
  clean(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.')
const extensionOf = (path: string): string => /\.[^./]*$/.exec(path)?.[0] ?? ''

/** `urlParse`: the parts as sprig names them. */
function addressParts(text: string): Dict {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text) ?? []
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  return new Map<string, Value>([
    ['scheme', scheme],
    ['userinfo', at < 0 ? '' : authority.slice(0, at)],
    ['host', host],
    ['hostname', host.replace(/:\d+$/, '')],
    ['path', path],
    ['query', query],
    ['opaque', ''],
    ['fragment', fragment],
  ])
}

function joinAddress(parts: Dict): string {
  const part = (name: string): string => textAt([parts.get(name)], 0)
  const login = part('userinfo') === '' ? '' : `${part('userinfo')}@`
  const start = part('scheme') === '' ? '' : `${part('scheme')}://`
  const query = part('query') === '' ? '' : `?${part('query')}`
  const fragment = part('fragment') === '' ? '' : `#${part('fragment')}`
  return `${start}${login}${part('host')}${part('path')}${query}${fragment}`
}

export const PATTERN_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  regexMatch: matches,
  regexFind: args => findAll(compiled(args), textAt(args, 1), 1)[0] ?? '',
  regexFindAll: args => findAll(compiled(args), textAt(args, 1), Number(wholeAt(args, 2))),
  regexReplaceAll: args => replaceAll(compiled(args), textAt(args, 1), textAt(args, 2)),
  regexReplaceAllLiteral: args => literally(compiled(args), textAt(args, 1), textAt(args, 2)),
  regexSplit: args => split(compiled(args), textAt(args, 1), Number(wholeAt(args, 2))),
  regexQuoteMeta: args => RE2JS.quote(textAt(args, 0)),
  semver: args => versionParts(textAt(args, 0)),
  semverCompare: args => satisfiesVersion(textAt(args, 0), textAt(args, 1)),
  base: args => baseOf(textAt(args, 0)),
  dir: args => folderOf(textAt(args, 0)),
  ext: args => extensionOf(textAt(args, 0)),
  clean: args => clean(textAt(args, 0)),
  isAbs: args => textAt(args, 0).startsWith('/'),
  osBase: args => baseOf(textAt(args, 0)),
  osDir: args => folderOf(textAt(args, 0)),
  osExt: args => extensionOf(textAt(args, 0)),
  osClean: args => clean(textAt(args, 0)),
  urlParse: args => addressParts(textAt(args, 0)),
  urlJoin: args => joinAddress(dictAt(args, 0)),
}

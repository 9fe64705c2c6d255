/** What an image set asks of a package that cannot be asked at all, whatever the catalog (scenarios 15 to 17). */
import type { FilterProblem } from './filter-error.ts'
import type { OperatorSelection, PackageRequest } from './request.ts'
import { isReversed, isVersionText, parseRange, type RangeText, rangeAsWritten } from './versions.ts'

export function requestProblems(
  request: PackageRequest,
  full: boolean,
  selection: OperatorSelection,
): readonly FilterProblem[] {
  const ranges = [
    { what: '', range: request },
    ...request.channels.map(channel => ({ what: `channel ${channel.name}: `, range: channel })),
  ].filter(({ range }) => hasRange(range))
  return [
    ...ranges.flatMap(({ what, range }) => rangeProblems(what, range)),
    ...duplicates(request),
    ...contradictions(request, full, selection),
  ]
}

function rangeProblems(what: string, text: RangeText): readonly FilterProblem[] {
  const wrong = (['minVersion', 'maxVersion'] as const).filter(key => !isVersionText(text[key] ?? '0.0.0'))
  if (wrong.length > 0)
    return wrong.map(key => ({
      text: `${what}${key} "${text[key]}" is not a version`,
      hint: 'write a semantic version, for example 1.2.0',
    }))
  const range = parseRange(text)
  if (range === undefined || !isReversed(range)) return []
  return [
    {
      text: `${what}minVersion ${text.minVersion} is above maxVersion ${text.maxVersion}`,
      hint: 'a range begins with its lowest version; change one of the two',
    },
  ]
}

function duplicates({ channels, bundles }: PackageRequest): readonly FilterProblem[] {
  const twice = (names: readonly string[]) => new Set(names.filter((name, at) => names.indexOf(name) !== at))
  return [
    ...[...twice(channels.map(({ name }) => name))].map(name => `channel "${name}"`),
    ...[...twice(bundles)].map(name => `bundle "${name}"`),
  ].map(what => ({ text: `${what} is named twice`, hint: 'name it once' }))
}

function contradictions(
  request: PackageRequest,
  full: boolean,
  selection: OperatorSelection,
): readonly FilterProblem[] {
  const { channels, bundles } = request
  const ranged = [request, ...channels].filter(hasRange)
  const range = ranged.map(text => parseRange(text)).find(each => each !== undefined)
  const written = range === undefined ? 'a range of versions' : rangeAsWritten(range)
  const namesBundles = bundles.length > 0
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      full && ranged.length > 0,
      `full: true cannot be mixed with ${written}`,
      'full takes every bundle; delete full or the range',
    ],
    [
      hasRange(request) && channels.some(hasRange),
      'the package has a range of versions and so has one of its channels',
      'write minVersion and maxVersion either at the package or at its channels',
    ],
    [
      full && namesBundles,
      'full: true cannot be mixed with bundles by name',
      'full takes every bundle; delete full or bundles',
    ],
    [
      ranged.length > 0 && namesBundles,
      `bundles by name cannot be mixed with ${written}`,
      'delete bundles or the range',
    ],
    [
      selection === 'connected' && namesBundles,
      'the selection "connected" does not take bundles by name',
      'choose --operator-selection documented, or write the version as minVersion and as maxVersion',
    ],
  ]
  return rules.flatMap(([isBroken, text, hint]) => (isBroken ? [{ text, hint }] : []))
}

function hasRange({ minVersion, maxVersion }: RangeText): boolean {
  return minVersion !== undefined || maxVersion !== undefined
}

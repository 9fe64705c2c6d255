/**
 * Reads one file of registries.conf, version 2 (containers-registries.conf(5)), into registries with their mirrors.
 *
 * What only concerns short names is recognised and left alone: an image set names its registries in full. Version 1 is
 * refused, because half of it has no meaning here and the other half is written differently today.
 */
import { parse, TomlError } from 'smol-toml'
import { MirrorformError, messageOf } from '../../../lib/errors.ts'
import { isRecord } from '../../../lib/oci/json.ts'
import { isHost } from '../../../lib/oci/reference.ts'

/** A registries.conf that cannot be used. */
export class RegistriesConfError extends MirrorformError {}

export type PullFromMirror = 'all' | 'digest-only' | 'tag-only'

export interface Mirror {
  /** `enterprise.lan/openshift` */
  readonly location: string
  readonly insecure: boolean
  readonly pull: PullFromMirror
}

export interface RegistryEntry {
  /** `quay.io/acme` or `*.example.com` */
  readonly prefix: string
  /** Empty only with a `*.` prefix: the name stays as it is. */
  readonly location: string
  readonly insecure: boolean
  readonly blocked: boolean
  readonly mirrors: readonly Mirror[]
  /** The file that says so. */
  readonly file: string
}

export interface RegistriesFile {
  readonly entries: readonly RegistryEntry[]
  /** `credential-helpers`; undefined when the file says nothing of them. */
  readonly credentialHelpers: readonly string[] | undefined
}

const V1_HINT =
  'write it as [[registry]] tables (version 2): each with location, and insecure = true or blocked = true'

/** @throws RegistriesConfError naming the file, and line and column where the text itself is wrong. */
export function parseRegistriesConf(text: string, file: string): RegistriesFile {
  const toml = parseToml(text, file)
  const entries = toml.registry ?? []
  if ('registries' in toml)
    throw new RegistriesConfError(
      'registry' in toml || 'unqualified-search-registries' in toml
        ? `${file} mixes version 1 ([registries.…]) and version 2 ([[registry]])`
        : `${file} is in version 1 of the format ([registries.…]), which is not supported`,
      { hint: V1_HINT },
    )
  if (!Array.isArray(entries)) throw new RegistriesConfError(`${file}: "registry" is not a list of tables`)
  checkSearchRegistries(toml['unqualified-search-registries'], file)
  const parsed = entries.map((entry, at) => parseEntry(entry, file, `${file}: [[registry]] number ${at + 1}`))
  checkConflicts(parsed, file)
  return {
    entries: parsed,
    credentialHelpers: stringList(toml['credential-helpers'], file, 'credential-helpers'),
  }
}

function parseToml(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    throw new RegistriesConfError(
      `${file}:${cause.line}:${cause.column}: not TOML: ${messageOf(cause).split('\n', 1)[0]}\n${cause.codeblock}`,
      { cause },
    )
  }
}

function parseEntry(entry: unknown, file: string, where: string): RegistryEntry {
  if (!isRecord(entry)) throw new RegistriesConfError(`${where} is not a table`)
  if ('pull-from-mirror' in entry)
    throw new RegistriesConfError(`${where}: pull-from-mirror is set for the registry`, {
      hint: 'set it in the [[registry.mirror]] tables, each for itself',
    })
  const location = parsePlace(stringOf(entry, 'location', where), `${where}: location`)
  const prefix = parsePlace(stringOf(entry, 'prefix', where), `${where}: prefix`) || location
  if (prefix === '') throw new RegistriesConfError(`${where} has neither prefix nor location`)
  const isWildcard = prefix.startsWith('*.')
  if (isWildcard && /[/@:]/.test(prefix))
    throw new RegistriesConfError(`${where}: prefix "${prefix}" is more than *.example.com`, {
      hint: 'a wildcard prefix stands for the sub-domains of a host, without port or path',
    })
  if (location === '' && !isWildcard)
    throw new RegistriesConfError(`${where} (prefix ${prefix}) has no location`)
  const digestOnly = booleanOf(entry, 'mirror-by-digest-only', where)
  const mirrors = entry.mirror ?? []
  if (!Array.isArray(mirrors)) throw new RegistriesConfError(`${where}: "mirror" is not a list of tables`)
  return {
    prefix,
    location,
    insecure: booleanOf(entry, 'insecure', where),
    blocked: booleanOf(entry, 'blocked', where),
    mirrors: mirrors.map((mirror, at) =>
      parseMirror(mirror, digestOnly, `${where}, mirror number ${at + 1}`),
    ),
    file,
  }
}

function parseMirror(mirror: unknown, digestOnly: boolean, where: string): Mirror {
  if (!isRecord(mirror)) throw new RegistriesConfError(`${where} is not a table`)
  const location = parsePlace(stringOf(mirror, 'location', where), `${where}: location`)
  if (location === '') throw new RegistriesConfError(`${where} has no location`)
  const pull = stringOf(mirror, 'pull-from-mirror', where)
  if (pull !== '' && digestOnly)
    throw new RegistriesConfError(
      `${where}: pull-from-mirror and the registry's mirror-by-digest-only are both set`,
      {
        hint: 'keep one of them',
      },
    )
  if (pull !== '' && pull !== 'all' && pull !== 'digest-only' && pull !== 'tag-only')
    throw new RegistriesConfError(`${where}: pull-from-mirror is "${pull}"`, {
      hint: 'it may be all, digest-only or tag-only',
    })
  return {
    location,
    insecure: booleanOf(mirror, 'insecure', where),
    pull: pull !== '' ? pull : digestOnly ? 'digest-only' : 'all',
  }
}

/** A host, with or without a path; slashes at the end do not matter. */
function parsePlace(text: string, where: string): string {
  const place = text.replace(/\/+$/, '')
  if (/^[a-z]+:\/\//i.test(place))
    throw new RegistriesConfError(`${where} "${text}" has a scheme`, {
      hint: 'write the host and path alone; insecure = true allows plain HTTP',
    })
  const host = (place.split('/', 1)[0] ?? '').replace(/^\*\./, '')
  if (place !== '' && !isHost(host.replace(/@.*$/, '')))
    throw new RegistriesConfError(`${where} "${text}" does not start with a host`)
  return place
}

function checkSearchRegistries(value: unknown, file: string): void {
  for (const host of stringList(value, file, 'unqualified-search-registries') ?? [])
    if (!isHost(host.replace(/\/+$/, '')))
      throw new RegistriesConfError(`${file}: unqualified-search-registries: "${host}" is not a host`)
}

/** Entries for one location may differ in prefix and mirrors, not in whether and how it may be used. */
function checkConflicts(entries: readonly RegistryEntry[], file: string): void {
  const first = new Map<string, RegistryEntry>()
  for (const entry of entries.filter(({ location }) => location !== '')) {
    const other = first.get(entry.location) ?? entry
    first.set(entry.location, other)
    for (const key of ['insecure', 'blocked'] as const)
      if (entry[key] !== other[key])
        throw new RegistriesConfError(`${file}: ${entry.location} is both ${key} and not ${key}`, {
          hint: `two [[registry]] tables have this location: give both the same ${key}`,
        })
  }
}

function stringOf(table: Record<string, unknown>, key: string, where: string): string {
  const value = table[key] ?? ''
  if (typeof value !== 'string') throw new RegistriesConfError(`${where}: ${key} is not a string`)
  return value
}

function booleanOf(table: Record<string, unknown>, key: string, where: string): boolean {
  const value = table[key] ?? false
  if (typeof value !== 'boolean') throw new RegistriesConfError(`${where}: ${key} is not true or false`)
  return value
}

function stringList(value: unknown, file: string, key: string): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
  throw new RegistriesConfError(`${file}: ${key} is not a list of strings`)
}

/**
 * Turns the name of an image into the endpoints that may serve it: the mirrors in their order, then the registry's own
 * location (containers-registries.conf(5), "Remapping and mirroring registries").
 *
 * Names are matched and rewritten as text, tag or digest included, so that prefixes of every length mean what they say.
 */
import { MirrorformError } from '../../../lib/errors.ts'
import { isDigest } from '../../../lib/oci/digest.ts'
import { parseReference, pullBy, type RepositoryPath } from '../../../lib/oci/reference.ts'
import type { RegistriesConf } from './conf-files.ts'
import { type Mirror, RegistriesConfError, type RegistryEntry } from './registries-conf.ts'

/** A registry that registries.conf says must not be used. */
export class BlockedRegistryError extends MirrorformError {}

export interface Endpoint {
  /** `quay.io` */
  readonly host: string
  readonly path: RepositoryPath
  /** The tag or digest to ask for there. */
  readonly reference: string
  readonly insecure: boolean
  readonly isMirror: boolean
}

/**
 * @param name `quay.io/acme/app`
 * @param reference a tag or digest
 * @returns at least one endpoint
 * @throws BlockedRegistryError, RegistriesConfError when a location makes no name
 */
export function endpointsFor(conf: RegistriesConf, name: string, reference: string): readonly Endpoint[] {
  const byDigest = isDigest(reference)
  const text = `${name}${byDigest ? '@' : ':'}${reference}`
  const entry = entryFor(conf, text)
  if (entry === undefined) return [endpointOf(text, undefined, { insecure: false, isMirror: false })]
  refuseBlocked(entry, name)
  const usable = entry.mirrors.filter(({ pull }) => pull === 'all' || (pull === 'digest-only') === byDigest)
  return [
    ...usable.map((mirror: Mirror) =>
      endpointOf(rewrite(text, entry, mirror.location), entry, { insecure: mirror.insecure, isMirror: true }),
    ),
    endpointOf(rewrite(text, entry, entry.location), entry, { insecure: entry.insecure, isMirror: false }),
  ]
}

/**
 * What holds for a destination: it is never sent elsewhere, but it may be blocked, or insecure.
 *
 * @throws BlockedRegistryError
 */
export function destinationRules(conf: RegistriesConf, name: string): { readonly insecure: boolean } {
  const entry = entryFor(conf, name)
  if (entry === undefined) return { insecure: false }
  refuseBlocked(entry, name)
  return { insecure: entry.insecure }
}

/** The entry with the longest prefix that matches. */
function entryFor(conf: RegistriesConf, text: string): RegistryEntry | undefined {
  let best: RegistryEntry | undefined
  for (const entry of conf.entries)
    if (matchLength(text, entry.prefix) >= 0 && entry.prefix.length > (best?.prefix.length ?? 0)) best = entry
  return best
}

/** How much of the name a prefix covers; -1 when it does not match. */
function matchLength(text: string, prefix: string): number {
  if (prefix.startsWith('*.')) {
    const host = /^[^/:@]*/.exec(text)?.[0] ?? ''
    return host.length > prefix.length - 1 && host.endsWith(prefix.slice(1)) ? host.length : -1
  }
  if (!text.startsWith(prefix)) return -1
  return text.length === prefix.length || '/:@'.includes(text.charAt(prefix.length)) ? prefix.length : -1
}

function rewrite(text: string, entry: RegistryEntry, location: string): string {
  return location === '' ? text : `${location}${text.slice(matchLength(text, entry.prefix))}`
}

function endpointOf(
  text: string,
  entry: RegistryEntry | undefined,
  kind: Pick<Endpoint, 'insecure' | 'isMirror'>,
): Endpoint {
  try {
    const reference = parseReference(text)
    return { host: reference.host, path: reference.path, reference: pullBy(reference), ...kind }
  } catch (cause) {
    throw new RegistriesConfError(
      `${entry?.file ?? 'registries.conf'}: prefix "${entry?.prefix}" turns a name into "${text}", which is no name`,
      { cause },
    )
  }
}

function refuseBlocked(entry: RegistryEntry, name: string): void {
  if (!entry.blocked) return
  throw new BlockedRegistryError(`${name}: the registry ${entry.prefix} is blocked in ${entry.file}`, {
    hint: 'remove "blocked = true" there if it may be used after all',
  })
}

/**
 * What is worth knowing of a registry the next time, as plain data, and how it is written: one readable JSON file for
 * each host, without secrets, times or counters, so that it can be copied to others who use the same registry.
 *
 * A profile only saves requests, and work that would be refused in the end. Anything in it that does not look right makes it as good as absent.
 */
import { isRecord } from '../../../lib/oci/json.ts'
import type { TargetAbilities } from '../../../lib/provider.ts'
import { type ImmutableTags, UPLOAD_WAYS, type UploadWay } from '../http/host-facts.ts'

export const PROFILE_FORMAT = 'mirrorform-host-profile'
export const PROFILE_VERSION = 1

export interface HostProfile {
  /** What the registry calls itself on `/v2/`. */
  readonly software?: string | undefined
  readonly uploadBy?: UploadWay | undefined
  /** The longest body of one request, bytes; absent where none was refused. */
  readonly maxBody?: number | undefined
  /** The longest chunk, bytes; absent where none was refused. */
  readonly chunkSize?: number | undefined
  /** `made`: it mounts blobs; `hopeless`: it never did. */
  readonly mounts?: 'made' | 'hopeless' | undefined
  readonly headTellsNothing?: true | undefined
  /** How many of the scopes for deleting were refused: `delete`, then `*`, then `push`. */
  readonly deleteScopesRefused?: number | undefined
  /** Tags that it refused to move, by repository; `*` for all of a repository. */
  readonly immutableTags?: ImmutableTags | undefined
  readonly deleteTag?: 'yes' | 'no' | undefined
  readonly deleteManifest?: 'yes' | 'no' | undefined
  readonly sparseIndex?: 'yes' | 'no' | undefined
  readonly referrersApi?: 'yes' | 'no' | undefined
}

export const ABILITIES: readonly (keyof TargetAbilities)[] = [
  'deleteTag',
  'deleteManifest',
  'sparseIndex',
  'referrersApi',
]

const isYesOrNo = (value: unknown) => value === 'yes' || value === 'no'
const isSize = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
/** Printable ASCII of a moderate length, as in a header. */
const isText = (value: unknown) => typeof value === 'string' && /^[ -~]{0,300}$/.test(value)

const isTag = (value: unknown) =>
  value === '*' || (typeof value === 'string' && /^\w[\w.-]{0,127}$/.test(value))
const isTagsByRepository = (value: unknown) =>
  isRecord(value) &&
  Object.entries(value).every(
    ([repository, tags]) => isText(repository) && Array.isArray(tags) && tags.every(isTag),
  )

/** Every field, in the order of the file, and what it may be. */
const FIELDS: Readonly<Record<keyof HostProfile, (value: unknown) => boolean>> = {
  software: isText,
  uploadBy: value => UPLOAD_WAYS.some(way => way === value),
  maxBody: isSize,
  chunkSize: isSize,
  mounts: value => value === 'made' || value === 'hopeless',
  headTellsNothing: value => value === true,
  deleteScopesRefused: value => value === 1 || value === 2,
  immutableTags: isTagsByRepository,
  deleteTag: isYesOrNo,
  deleteManifest: isYesOrNo,
  sparseIndex: isYesOrNo,
  referrersApi: isYesOrNo,
}

/** The text of a profile's file: fixed order of fields, nothing that is not known. */
export function formatProfile(host: string, profile: HostProfile): string {
  const known = Object.keys(FIELDS).flatMap(name => {
    const value = profile[name as keyof HostProfile]
    return value === undefined ? [] : [[name, value]]
  })
  const json = { format: PROFILE_FORMAT, version: PROFILE_VERSION, host, ...Object.fromEntries(known) }
  return `${JSON.stringify(json, null, 2)}\n`
}

/** The profile and its host; undefined for what is damaged, of another version, or no profile at all. */
export function parseProfile(
  text: string,
): { readonly host: string; readonly profile: HostProfile } | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(json) || json.format !== PROFILE_FORMAT || json.version !== PROFILE_VERSION) return undefined
  const { host } = json
  const fields = Object.entries(json).filter(([name]) => Object.hasOwn(FIELDS, name))
  const isValid = fields.every(([name, value]) => FIELDS[name as keyof HostProfile](value))
  return typeof host === 'string' && isValid ? { host, profile: Object.fromEntries(fields) } : undefined
}

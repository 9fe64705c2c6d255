/** Platforms of images (OCI image-spec 1.1, "Image Index"): which child of an index is for which machine. */
import { SyntaxFault } from '../errors.ts'
import { isRecord, stringOrUndefined } from './json.ts'

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly osVersion?: string
}

/** Names in the wild that mean the same architecture. */
const ARCHITECTURE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
])

/** `linux/arm64/v8` ↔ Platform. @throws SyntaxFault when it has not two or three non-empty parts. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/')
  if (!os || !architecture || variant === '' || rest.length > 0)
    throw new SyntaxFault(`"${text}" is not a platform`, {
      hint: 'write os/architecture, for example linux/amd64',
    })
  return { os, architecture: canonicalArchitecture(architecture), ...(variant && { variant }) }
}

export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`
  return platform.variant ? `${base}/${platform.variant}` : base
}

export function canonicalArchitecture(architecture: string): string {
  return ARCHITECTURE_ALIASES.get(architecture) ?? architecture
}

/**
 * Whether an index entry is one the user asked for: os and architecture are equal, and the variant too where the
 * user named one (oc-mirror v2 rule: a platform without variant takes any variant).
 */
export function platformMatches(wanted: Platform, actual: Platform): boolean {
  return (
    wanted.os === actual.os &&
    canonicalArchitecture(wanted.architecture) === canonicalArchitecture(actual.architecture) &&
    (wanted.variant === undefined || wanted.variant === actual.variant)
  )
}

/** An entry that names no machine (build attestations, signatures): it goes with the images it describes. */
export function isUnknownPlatform(platform: Platform): boolean {
  return platform.os === 'unknown' && platform.architecture === 'unknown'
}

export function platformFromJson(value: unknown): Platform | undefined {
  if (!isRecord(value)) return undefined
  const { os, architecture } = value
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined
  const variant = stringOrUndefined(value.variant)
  const osVersion = stringOrUndefined(value['os.version'])
  return { os, architecture, ...(variant && { variant }), ...(osVersion && { osVersion }) }
}

/**
 * `mirror.platform` -> which releases are asked for: channels with their ranges, architectures or platforms, or one
 * release image; every default filled in, every version whole.
 *
 * What oc-mirror v2 lets pass and then fails on, or takes for something else, is refused where it is written: a range
 * whose ends are the wrong way round, a version in parts, a release image without tag and digest.
 */
import parseVersion from 'semver/functions/parse.js'
import { SyntaxFault } from '../errors.ts'
import type { Platform } from '../oci/platform.ts'
import { parseReference, type Reference } from '../oci/reference.ts'
import { dotted, type Entry, fieldOf, itemsOf, textOf, textsOf } from './entry.ts'
import { readPlatforms } from './platforms.ts'
import type { ProblemList } from './problem-list.ts'
import type { V1Platform } from './v1/settings.ts'
import { checkUnique, namedBy } from './version-rules.ts'

export type ReleaseProduct = 'ocp' | 'okd'
/** As the update graph calls them. */
export type ReleaseArchitecture = 'amd64' | 'arm64' | 'ppc64le' | 's390x' | 'multi'

export interface ReleaseChannel {
  /** `stable-4.16` */
  readonly name: string
  readonly product: ReleaseProduct
  /** Semantic versions, whole and without build metadata: `4.16.2`. */
  readonly minVersion?: string
  readonly maxVersion?: string
  readonly shortestPath: boolean
  /** Every release of the channel; changes nothing where a version is given (oc-mirror v2). */
  readonly full: boolean
  /** Where the channel stands, for messages: `imageset.yaml:12`. */
  readonly place: string
}

export interface PlatformSection {
  /** Carry the image with the data of the update service. */
  readonly graph: boolean
  readonly channels: readonly ReleaseChannel[]
  /** One pass over the channels for each; `['multi']` where `platforms` are chosen. Never empty. */
  readonly architectures: readonly ReleaseArchitecture[]
  /** Of the payload and all its components; empty means all. */
  readonly platforms: readonly Platform[]
  /** Exactly this payload, in place of channels and architectures. */
  readonly release?: {
    readonly reference: Reference
    /** As written. */
    readonly name: string
  }
  readonly kubeVirtContainer: boolean
  /** Present in an image set of oc-mirror v1. */
  readonly v1?: V1Platform
}

const ARCHITECTURES: ReadonlySet<string> = new Set<ReleaseArchitecture>([
  'amd64',
  'arm64',
  'ppc64le',
  's390x',
  'multi',
])

/** undefined where the section asks for nothing. Adds what is wrong to `problems`. */
export function readPlatform(
  platform: Entry | undefined,
  path: string,
  problems: ProblemList,
): PlatformSection | undefined {
  const items = itemsOf(platform, 'channels')
  checkUnique(namedBy(items, 'name'), 'the release channel', problems)
  const channels = items.flatMap(item => readChannel(item, path, problems) ?? [])
  const platforms = readPlatforms(platform)
  const release = readRelease(fieldOf(platform, 'release'), problems)
  const architectures = [...new Set(textsOf(platform, 'architectures').filter(isArchitecture))]
  if (architectures.length > 0 && platforms.length > 0)
    problems.add(
      'rule',
      `${platform?.pointer}/architectures`,
      'mirror.platform.architectures and mirror.platform.platforms cannot be used together',
      { at: 'key', hint: 'keep platforms; architectures is the older way to say it' },
    )
  const graph = fieldOf(platform, 'graph')?.value === true
  if (!graph && channels.length === 0 && release === undefined) return undefined
  return {
    graph,
    channels,
    architectures: platforms.length > 0 ? ['multi'] : architectures.length > 0 ? architectures : ['amd64'],
    platforms,
    ...(release !== undefined && { release }),
    kubeVirtContainer: fieldOf(platform, 'kubeVirtContainer')?.value === true,
  }
}

function readChannel(item: Entry, path: string, problems: ProblemList): ReleaseChannel | undefined {
  const minVersion = readVersion(fieldOf(item, 'minVersion'), problems)
  const maxVersion = readVersion(fieldOf(item, 'maxVersion'), problems)
  if (minVersion !== undefined && maxVersion !== undefined && isAbove(minVersion, maxVersion))
    problems.add(
      'rule',
      `${item.pointer}/minVersion`,
      `minVersion ${minVersion} is above maxVersion ${maxVersion}`,
      { hint: 'a range begins with its lowest version; change one of the two' },
    )
  const name = textOf(fieldOf(item, 'name'))
  if (name === undefined) {
    if (fieldOf(item, 'name') === undefined)
      problems.add('rule', item.pointer, 'this release channel has no name', {
        hint: 'name it, for example stable-4.16',
      })
    return undefined
  }
  return {
    name,
    product: textOf(fieldOf(item, 'type')) === 'okd' ? 'okd' : 'ocp',
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    shortestPath: fieldOf(item, 'shortestPath')?.value === true,
    full: fieldOf(item, 'full')?.value === true,
    place: `${path}:${problems.lineOf(item.pointer)}`,
  }
}

/** Strict semver 2.0.0, because releases have whole versions; a leading `v` and build metadata are dropped. */
function readVersion(field: Entry | undefined, problems: ProblemList): string | undefined {
  const text = textOf(field)
  if (field === undefined || text === undefined) return undefined
  const version = parseVersion(text.trim())
  if (version !== null) return version.version
  const [, major, minor = '0'] = /^v?(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  problems.add('rule', field.pointer, `${dotted(field.pointer)}: "${text}" is not the version of a release`, {
    hint:
      major !== undefined
        ? `write all three numbers: ${major}.${minor}.0`
        : 'write a semantic version, for example 4.16.8',
  })
  return undefined
}

/** Semantic versioning 2.0.0, "Precedence". */
function isAbove(a: string, b: string): boolean {
  return (parseVersion(a)?.compare(b) ?? 0) > 0
}

function readRelease(
  field: Entry | undefined,
  problems: ProblemList,
): PlatformSection['release'] | undefined {
  const name = textOf(field)
  if (field === undefined || name === undefined) return undefined
  return problems.attempt(field.pointer, () => {
    const reference = parseReference(name)
    if (reference.tag === undefined && reference.digest === undefined)
      throw new SyntaxFault(`the release "${name}" has neither tag nor digest`, {
        hint: 'name the version, for example :4.16.8-x86_64, or the digest of the payload',
      })
    return { reference, name }
  })
}

function isArchitecture(text: string): text is ReleaseArchitecture {
  return ARCHITECTURES.has(text)
}

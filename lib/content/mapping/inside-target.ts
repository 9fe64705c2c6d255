/**
 * Mappings and one target -> those that go there, with their repositories below the target's prefix, and how many go to
 * other registries. A plan is for one target; a mapping file may be for several.
 */
import { ConfigError, type Problem } from '../../config/index.ts'
import { UsageError } from '../../errors.ts'
import { isRepositoryPath, type RepositoryPath } from '../../oci/reference.ts'
import { compareText, formatTarget, type TargetAddress } from '../../target.ts'
import { FILES, type Mapping, type MappingSource } from './mapping.ts'
import { destinationTag, isOwnSource } from './meetings.ts'

export interface InsideMapping {
  readonly source: MappingSource
  /** Below the target's prefix. */
  readonly repository: RepositoryPath
  /** Absent where the source stands for several images, which keep their tags. */
  readonly tag?: ReturnType<typeof destinationTag>
}

export interface InsideTarget {
  readonly inside: readonly InsideMapping[]
  /** Images whose source is the very place they go to: they stay as they are. */
  readonly own: readonly InsideMapping[]
  /** How many mappings go to other hosts; sorted by host. */
  readonly elsewhere: ReadonlyMap<string, number>
}

/** Sorted. */
export function hostsOf(mappings: readonly Mapping[]): readonly string[] {
  return [...new Set(mappings.map(({ destination }) => destination.host))].sort(compareText)
}

/**
 * A layout folder has no host: it takes what goes to `file://`, else to the one host there is.
 *
 * @throws ConfigError for a place at the target's host, but not below its prefix; UsageError when nothing goes there
 */
export function insideTarget(target: TargetAddress, mappings: readonly Mapping[]): InsideTarget {
  const hosts = hostsOf(mappings)
  const host = target.kind === 'registry' ? target.host : hosts.includes(FILES) ? FILES : hosts[0]
  if (target.kind !== 'registry' && host !== FILES && hosts.length > 1)
    throw new UsageError(`the mappings go to ${hosts.join(', ')}, and ${formatTarget(target)} has no host`, {
      hint: 'plan for each registry with --to docker://HOST, or keep the lines of one host',
    })
  const here = mappings.filter(({ destination }) => destination.host === host)
  if (here.length === 0) throw nothingGoesTo(target, hosts)
  const prefix = target.kind === 'registry' && target.prefix !== '' ? `${target.prefix}/` : ''
  const problems: Problem[] = []
  const own: InsideMapping[] = []
  const inside = here.flatMap((mapping): readonly InsideMapping[] => {
    const { source, destination, place } = mapping
    const repository = destination.path.slice(prefix.length)
    if (!destination.path.startsWith(prefix) || !isRepositoryPath(repository)) {
      const message = `${destination.host}/${destination.path} is not below ${formatTarget(target)}`
      problems.push({
        kind: 'rule',
        ...place,
        message,
        hint: `plan for the whole registry: --to docker://${host}`,
      })
      return []
    }
    const tag = destinationTag(mapping)
    const placed = { source, repository, ...(tag !== undefined && { tag }) }
    if (!isOwnSource(mapping)) return [placed]
    own.push(placed)
    return []
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return { inside, own, elsewhere: countElsewhere(mappings, host) }
}

function countElsewhere(mappings: readonly Mapping[], host: string | undefined): ReadonlyMap<string, number> {
  const others = mappings.filter(({ destination }) => destination.host !== host)
  return new Map(
    hostsOf(others).map(name => [name, others.filter(({ destination }) => destination.host === name).length]),
  )
}

/** oc-mirror's cache is a registry of its own that only it talks to. */
const OC_MIRROR_CACHE = 'localhost:55000'

function nothingGoesTo(target: TargetAddress, hosts: readonly string[]): UsageError {
  return new UsageError(
    `no mapping goes to ${formatTarget(target)}: they go to ${hosts.join(', ') || 'nowhere'}`,
    {
      hint: hosts.includes(OC_MIRROR_CACHE)
        ? 'this mapping.txt is of oc-mirror writing to a disk, and names its cache; let it make one for the registry: --dry-run docker://HOST'
        : 'name one of these hosts with --to docker://HOST',
    },
  )
}
